import type { Forecast } from '../../src/core/forecast/forecast';
import { formatCompact, intervalParts } from '../shared/numbers';
import {
  OVERLAY_ROLES,
  type Point,
  type Scene,
  type SceneBand,
  type SceneLine,
  type SceneMark,
  type SceneRule,
} from '../shared/scene';
import type { UiState } from '../shared/state';
import { texts } from '../shared/texts';
import { lowerIndex } from './points';
import { type HeldSeries, isLossLike, type RunData } from './runData';
import { yRange } from './yRange';
import type { Range } from './zoom';

/** The series of a run by what they mean to the panel. */
export interface Roles {
  /** Training loss, or the validation loss of a run that logs nothing else. */
  readonly main: HeldSeries | null;
  readonly validation: HeldSeries | null;
  readonly lr: HeldSeries | null;
  readonly extra: readonly HeldSeries[];
}

export function rolesOf(data: RunData): Roles {
  // Series that are not logged yet are held too: empty, until a later line has them.
  const all = [...data.series.values()].filter(
    ({ total, raw, nonFinite }) => total + raw.length + nonFinite.length > 0,
  );
  const find = (prefix: string): HeldSeries | null => all.find(({ name }) => name.startsWith(prefix)) ?? null;
  const lr = find('learning_rate');
  const validation = find('val_loss');
  const fitted = all.find(({ name }) => name === data.forecast?.series) ?? null;
  const main = find('train_loss') ?? (fitted === validation ? null : fitted);
  const rest = all.filter((each) => each !== lr && each !== validation && each !== main);
  const other = rest.find(({ name }) => !name.startsWith('learning_rate')) ?? null;
  if (main === null && validation === null) return { main: other, validation, lr, extra: without(rest, other) };
  return { main, validation, lr, extra: without(rest, null) };
}

function without(series: readonly HeldSeries[], one: HeldSeries | null): HeldSeries[] {
  return series.filter((each) => each !== one && !each.name.startsWith('learning_rate'));
}

/** A run that was continued far from 0 is not drawn from 0: its first step is beyond this share of its last. */
const LATE_START = 0.3;

/** All steps that a plot of the run can show: from 0 or the first logged step to the planned end, `room` times as far. */
export function fullRange(data: RunData, logX: boolean, room = 1): Range {
  let last = Number.NEGATIVE_INFINITY;
  for (const { raw, ghosts } of data.series.values()) {
    for (const points of [raw, ...ghosts]) last = Math.max(last, points.at(-1)?.x ?? last);
  }
  const summary = data.run?.summary;
  // Without a plan the longest of the other runs says how far this one may go.
  const others = summary?.totalSteps == null ? data.overlays.map(({ points }) => points.at(-1)?.x ?? last) : [];
  const end = Math.max(
    last,
    summary?.step ?? last,
    summary?.totalSteps ?? last,
    data.forecast?.forecast?.finalStep ?? last,
    ...others,
    data.whatIf?.finalStep ?? last,
  );
  const to = room * end;
  if (!Number.isFinite(to)) return [0, 1];
  const first = data.firstStep ?? 0;
  const late = first > LATE_START * to;
  const from = logX ? Math.max(first, to * 1e-6, Math.min(1, to / 10)) : late || first < 0 ? first : 0;
  return to > from ? [from, to] : [from, from + 1];
}

/** Where a run stands: what is right of it is forecast. */
function presentStep(data: RunData): number | null {
  return data.run?.summary.step ?? null;
}

/** Whether the drawn forecast must not be relied on: refused, or made without a part of the plan. */
export function isDoubtful({ run, forecast }: RunData): boolean {
  return forecast?.forecast?.refused != null || (run?.missing.length ?? 0) > 0;
}

/** What most lines have in common. */
export const LINE = { alpha: 1, dash: [], marker: 'none' } as const;
/** How strongly a forecast is drawn that cannot be trusted. */
const DOUBTFUL = 0.5;
const EXTRA_DASHES = [
  [8, 3],
  [2, 2],
  [8, 3, 2, 3],
] as const;
/** Other runs differ by their dashes as well as by their colours. */
const OVERLAY_DASHES = [[], [9, 3], [3, 3], [9, 3, 3, 3], [14, 4], [1, 3]] as const;

/** The loss plot. */
export function lossScene(data: RunData, ui: UiState, range: Range): Scene {
  const roles = rolesOf(data);
  const hidden = new Set(ui.hidden);
  const forecast = data.forecast?.forecast ?? null;
  const doubtful = isDoubtful(data);
  const lines = [
    ...overlayLines(data, hidden),
    ...lossLines(roles, hidden),
    ...forecastLines(forecast, hidden, doubtful),
    ...whatIfLines(data, hidden),
  ];
  const bands = hidden.has('forecast') ? [] : forecastBands(forecast, doubtful ? DOUBTFUL : 1);
  const curves = lines.filter(({ key }) => key !== 'raw' && key !== 'fit' && !key.startsWith('ghost'));
  const raw = lines.find(({ key }) => key === 'raw')?.points ?? [];
  const y = yRange({ raw, curves: curves.map(({ points }) => points), band: bands[0] ?? null }, range, {
    log: ui.logY,
    whole: ui.wholeY,
  });
  return {
    x: { min: range[0], max: range[1], log: ui.logX },
    y: y ?? { min: ui.logY ? 0.1 : 0, max: 1, log: ui.logY },
    lines,
    bands,
    rules: rulesOf(data),
    marks: [...(hidden.has('raw') ? [] : marksOf(roles)), ...eventMarks(data)],
    end: hidden.has('forecast') || doubtful ? null : endOf(forecast),
  };
}

/** The losses of other runs. */
function overlayLines({ overlays }: RunData, hidden: ReadonlySet<string>): SceneLine[] {
  return overlays.flatMap(({ key, points }, index) =>
    hidden.has(key)
      ? []
      : [{ ...LINE, key, points, role: OVERLAY_ROLES[index]!, width: 1.5, dash: OVERLAY_DASHES[index]! }],
  );
}

function lossLines({ main, validation, extra }: Roles, hidden: ReadonlySet<string>): SceneLine[] {
  const lines: SceneLine[] = [];
  for (const [index, points] of (main?.ghosts ?? []).entries()) {
    lines.push({ ...LINE, key: `ghost${index}`, role: 'ghost', points, width: 1, alpha: 0.3 });
  }
  if (main !== null && !hidden.has('raw')) {
    const faint = main.smooth === null ? { width: 1.5, alpha: 1 } : { width: 1, alpha: 0.35 };
    lines.push({ ...LINE, ...faint, key: 'raw', role: 'train', points: main.raw });
  }
  for (const [index, { name, raw, smooth }] of extra.filter(isLossLike).entries()) {
    const dash = EXTRA_DASHES[index % EXTRA_DASHES.length]!;
    if (!hidden.has(name)) lines.push({ ...LINE, key: name, role: 'extra', points: smooth ?? raw, width: 1.5, dash });
  }
  if (main?.smooth && !hidden.has('smooth')) {
    lines.push({ ...LINE, key: 'smooth', role: 'train', points: upTo(main.smooth, main.raw.at(-1)), width: 2 });
  }
  if (validation !== null && !hidden.has('validation')) {
    lines.push({
      ...LINE,
      key: 'validation',
      role: 'validation',
      points: validation.raw,
      width: 1.5,
      marker: 'diamond',
    });
  }
  return lines;
}

/** An average goes on unchanged where the values themselves have ended in something not finite. */
function upTo(points: readonly Point[], last: Point | undefined): readonly Point[] {
  const end = points.at(-1);
  if (last === undefined || end === undefined || end.x <= last.x) return points;
  return points.slice(0, lowerIndex(points, last.x) + 1);
}

/** The fitted law up to the present, and the forecast from there on. */
function forecastLines(forecast: Forecast | null, hidden: ReadonlySet<string>, doubtful: boolean): SceneLine[] {
  if (forecast?.curve == null) return [];
  const points = curvePoints(forecast.curve.steps, forecast.curve.values);
  const split = splitIndex(forecast);
  const ahead = { width: 2, dash: [6, 4], alpha: doubtful ? DOUBTFUL : 1 };
  const lines: SceneLine[] = [];
  if (!hidden.has('fit')) {
    lines.push({ ...LINE, key: 'fit', role: 'forecast', points: points.slice(0, split + 1), width: 1.5 });
  }
  if (!hidden.has('forecast')) {
    lines.push({ ...LINE, key: 'forecast', role: 'forecast', points: points.slice(split), ...ahead });
  }
  return lines;
}

/** The loss under another schedule, from the present step on. */
function whatIfLines({ whatIf }: RunData, hidden: ReadonlySet<string>): SceneLine[] {
  if (whatIf === null || hidden.has('whatIf')) return [];
  const points = curvePoints(whatIf.curve.steps, whatIf.curve.values);
  return [{ ...LINE, key: 'whatIf', role: 'extra', points, width: 2 }];
}

function forecastBands(forecast: Forecast | null, strength: number): SceneBand[] {
  if (forecast?.curve == null) return [];
  const { steps, low80, high80, low95, high95 } = forecast.curve;
  const from = splitIndex(forecast);
  const band = (key: string, low: number[], high: number[], alpha: number): SceneBand => ({
    key,
    role: 'forecast',
    alpha,
    steps: steps.slice(from),
    low: low.slice(from),
    high: high.slice(from),
  });
  return [band('band95', low95, high95, 0.14 * strength), band('band80', low80, high80, 0.22 * strength)];
}

/** Last index of the curve that is not after the newest fitted step. */
function splitIndex({ curve, seen }: Forecast): number {
  const after = curve?.steps.findIndex((step) => step > seen.step) ?? -1;
  return after < 0 ? Math.max(0, (curve?.steps.length ?? 1) - 1) : Math.max(0, after - 1);
}

/** Two columns as points. */
export function curvePoints(steps: readonly number[], values: readonly number[]): Point[] {
  return steps.map((x, index) => ({ x, y: values[index]! }));
}

/** Restarts, and where the run stands. */
export function rulesOf(data: RunData): SceneRule[] {
  const restarts = data.run?.restarts ?? [];
  const rules: SceneRule[] = restarts.map((x) => ({
    x,
    kind: 'restart',
    label: restarts.length <= 3 ? texts.plot.restart : '↻',
  }));
  const present = presentStep(data);
  const total = data.run?.summary.totalSteps ?? null;
  const ended = data.run?.summary.state === 'finished';
  if (present === null || total === null || present >= total || ended) return rules;
  return [...rules, { x: present, kind: 'present', label: texts.plot.present(formatCompact(present, 4)) }];
}

function marksOf({ main, validation }: Roles): SceneMark[] {
  return [main, validation].flatMap((series) =>
    (series?.nonFinite ?? []).map(({ step }) => ({ x: step, kind: 'nonFinite' as const })),
  );
}

/** Warnings that are not muted, and checkpoints; each ascending. */
function eventMarks(data: RunData): SceneMark[] {
  const heard = (data.run?.warnings ?? []).filter(({ muted }) => !muted);
  const saved = (data.run?.checkpoints ?? []).map(({ step }) => ({ x: step, kind: 'checkpoint' as const }));
  return [...heard.map(({ step, severity }) => ({ x: step, kind: severity })), ...saved];
}

function endOf(forecast: Forecast | null): Scene['end'] {
  if (!forecast?.finalLoss || forecast.curve === null) return null;
  const { value, interval80, interval95 } = forecast.finalLoss;
  return {
    x: forecast.finalStep,
    value,
    interval80,
    interval95,
    label: intervalParts({ value, interval: interval80 }).value,
  };
}
