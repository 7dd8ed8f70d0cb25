import { formatDuration } from '../../src/core/report/time';
import type { RunAxes, RunView } from '../../src/protocol/run';
import { formatCompact, formatStep } from '../shared/numbers';
import type { Axis, Point, Scene, SceneRule } from '../shared/scene';
import { AXIS_KINDS, type AxisKind } from '../shared/state';
import { texts } from '../shared/texts';
import type { Range } from './zoom';

/** What the x-axis counts. Everything else in the panel counts steps: only drawing and pointing go through here. */
export interface StepAxis {
  readonly kind: AxisKind;
  /** Value of the axis at a step, and back; both rise. */
  readonly at: (step: number) => number;
  readonly stepAt: (value: number) => number;
  /** A place on the axis, for the readout. */
  readonly format: (step: number) => string;
}

/** The axis of plain steps. */
export const STEPS: StepAxis = {
  kind: 'step',
  at: (step) => step,
  stepAt: (value) => value,
  format: (step) => formatStep(Math.abs(step) >= 10 ? Math.round(step) : Number(step.toPrecision(3))),
};

/** A choice of axis: `missing` says why it cannot be chosen. */
export interface AxisChoice {
  readonly kind: AxisKind;
  readonly label: string;
  readonly missing: string;
}

/** All axes, with the reason for those that this run's log cannot give. */
export function axisChoices(run: RunView | null): AxisChoice[] {
  return AXIS_KINDS.map((kind) => ({
    kind,
    label: kind === 'step' ? texts.axes.steps(run?.summary.stepUnit ?? 'step') : texts.axes[kind],
    missing: kind === 'step' || run === null || run.axes[kind] !== null ? '' : texts.axes.missing[kind],
  }));
}

/** The axis of a kind; plain steps where the log does not say it. */
export function stepAxis(kind: AxisKind, axes: RunAxes | undefined): StepAxis {
  const knots = kind === 'step' ? null : (axes?.[kind] ?? null);
  if (kind === 'step' || knots === null) return STEPS;
  const { steps, values } = knots;
  const at = (step: number): number => along(steps, values, step);
  return {
    kind,
    at,
    stepAt: (value) => along(values, steps, value),
    format: (step) => (kind === 'time' ? formatDuration(1000 * Math.max(0, at(step))) : formatCompact(at(step), 4)),
  };
}

/** Linear between the knots, and beyond them as between the two at that end. */
function along(xs: readonly number[], ys: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  return ys[low]! + ((x - xs[low]!) / (xs[high]! - xs[low]!)) * (ys[high]! - ys[low]!);
}

/** A scene whose steps become values of the axis. `others`: lines whose steps another run counted. */
export function placed(scene: Scene, axis: StepAxis, others: ReadonlyMap<string, StepAxis> = new Map()): Scene {
  if (axis.kind === 'step') return scene;
  const point =
    ({ at }: StepAxis) =>
    ({ x, y }: Point): Point => ({ x: at(x), y });
  const moved = <T extends { readonly x: number }>(each: T): T => ({ ...each, x: axis.at(each.x) });
  return {
    ...scene,
    x: axisRange([scene.x.min, scene.x.max], axis, scene.x.log),
    lines: scene.lines.map((line) => ({ ...line, points: line.points.map(point(others.get(line.key) ?? axis)) })),
    bands: scene.bands.map((band) => ({ ...band, steps: band.steps.map(axis.at) })),
    rules: scene.rules.map((rule) => moved({ ...rule, label: ruleLabel(rule, axis) })),
    marks: scene.marks.map(moved),
    end: scene.end && moved(scene.end),
  };
}

function ruleLabel({ kind, label, x }: SceneRule, axis: StepAxis): string {
  return kind === 'present' && label !== '' ? texts.plot.present(axis.format(x)) : label;
}

/** Logarithmic axes begin above 0: this share of their end. */
const LOG_START = 1e-4;

/** A range of steps on the axis. */
export function axisRange([from, to]: Range, axis: StepAxis, log: boolean): Axis {
  const max = axis.at(to);
  const min = axis.at(from);
  return { min: log ? Math.max(min, LOG_START * max) : min, max, log, time: axis.kind === 'time' };
}
