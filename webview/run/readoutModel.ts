import { UNKNOWN } from '../../src/core/report/numbers';
import { formatCompact, formatInterval, formatLoss, formatLr, formatStep } from '../shared/numbers';
import { type ColourRole, OVERLAY_ROLES, type Point } from '../shared/scene';
import { texts } from '../shared/texts';
import { isDoubtful, rolesOf } from './plotModel';
import { interpolate, nearest } from './points';
import { isLossLike, OVERLAY_KEY, type RunData } from './runData';
import { STEPS, type StepAxis } from './stepAxis';
import { formatStrip } from './strips';

/** One entry of the legend, which is also the readout of the crosshair. */
export interface LegendItem {
  readonly key: string;
  readonly label: string;
  readonly role: ColourRole;
  readonly swatch: 'faint' | 'solid' | 'dashed' | 'diamond' | 'band' | 'cross';
  readonly value: string;
  /** Place of the value, for a dot on the plot. */
  readonly dot: Point | null;
  /** `loss`, or the key of a strip. */
  readonly plot: string;
  /** False for entries that cannot be switched off. */
  readonly toggles: boolean;
}

export interface Readout {
  /** Step of the crosshair, or of the newest point without one. */
  readonly step: string;
  /** Its place on another axis; empty on one that counts steps. */
  readonly place: string;
  readonly items: readonly LegendItem[];
}

/** Values of everything drawn at `cursor`; without a cursor the newest value of each. */
export function readout(data: RunData, cursor: number | null, axis: StepAxis = STEPS): Readout {
  const { main, validation, lr, extra } = rolesOf(data);
  const at = (points: readonly Point[]): Point | null =>
    cursor === null ? (points.at(-1) ?? null) : nearest(points, cursor);
  const items: LegendItem[] = [];
  const add = (item: Omit<LegendItem, 'plot' | 'toggles' | 'value'> & Partial<LegendItem>): void => {
    const { dot, plot = 'loss' } = item;
    const value = plot === 'loss' || dot === null ? formatLoss(dot?.y) : formatStrip(dot.y);
    items.push({ plot, toggles: true, value, ...item });
  };
  if (main !== null) {
    const label = main.smooth === null ? main.label : texts.legend.raw;
    add({ key: 'raw', label, role: 'train', swatch: main.smooth === null ? 'solid' : 'faint', dot: at(main.raw) });
    if (main.smooth !== null) {
      add({ key: 'smooth', label: texts.legend.smooth, role: 'train', swatch: 'solid', dot: at(main.smooth) });
    }
  }
  if (validation !== null) {
    add({
      key: 'validation',
      label: texts.legend.validation,
      role: 'validation',
      swatch: 'diamond',
      dot: at(validation.raw),
    });
  }
  for (const series of extra) {
    add({
      key: series.name,
      label: series.label,
      role: 'extra',
      swatch: isLossLike(series) ? 'dashed' : 'solid',
      dot: at(series.smooth ?? series.raw),
      plot: isLossLike(series) ? 'loss' : series.name,
      toggles: isLossLike(series),
    });
  }
  items.push(
    ...overlayItems(data, cursor),
    ...curveItems(data, cursor),
    ...whatIfItems(data, cursor),
    ...lrItems(data, lr?.raw ?? null, cursor),
  );
  const newest = data.run?.summary.step ?? null;
  const shown = cursor ?? newest;
  const step = cursor === null ? formatStep(newest) : STEPS.format(cursor);
  const place = shown === null || axis.kind === 'step' ? '' : axis.format(shown);
  return { step, place, items: [...items, ...markItems(data)] };
}

/** What is compared at the crosshair: every drawn loss, the highest first. Nothing while no other run is drawn. */
export function comparedAt({ items }: Pick<Readout, 'items'>): LegendItem[] {
  const losses = items.filter(({ plot, dot }) => plot === 'loss' && dot !== null);
  if (!losses.some(({ key }) => key.startsWith(OVERLAY_KEY))) return [];
  return losses.sort((a, b) => b.dot!.y - a.dot!.y);
}

/** Other runs at the same step. */
function overlayItems({ overlays }: RunData, cursor: number | null): LegendItem[] {
  return overlays.map(({ key, name, points }, index) => {
    const dot = cursor === null ? (points.at(-1) ?? null) : nearest(points, cursor);
    const role = OVERLAY_ROLES[index]!;
    const base = { key, label: name, role, swatch: 'dashed', plot: 'loss', toggles: true } as const;
    return { ...base, value: formatLoss(dot?.y), dot: cursor === null ? null : dot };
  });
}

/** The law where it is fitted and the forecast beyond; without a cursor at the newest fitted step and at the end. */
function curveItems(data: RunData, cursor: number | null): LegendItem[] {
  const fit = data.forecast?.forecast ?? null;
  if (fit?.curve == null) return [];
  const { steps, values, low80, high80 } = fit.curve;
  const at = (column: readonly number[], step: number): number => interpolate(steps, column, step) ?? Number.NaN;
  const base = { role: 'forecast', plot: 'loss', toggles: true } as const;
  const isPast = cursor !== null && cursor <= fit.seen.step;
  const fitted = cursor === null ? fit.seen.step : cursor;
  const ahead = cursor === null ? fit.finalStep : cursor;
  const isFresh = cursor === null && fit.seen.step >= 0.9 * (data.run?.summary.step ?? 0);
  const law = isFresh || isPast ? at(values, fitted) : Number.NaN;
  const forecast = isPast ? Number.NaN : at(values, ahead);
  const dot = (value: number): Point | null =>
    cursor === null || Number.isNaN(value) ? null : { x: cursor, y: value };
  const interval: readonly [number, number] = [at(low80, ahead), at(high80, ahead)];
  return [
    {
      ...base,
      key: 'fit',
      label: texts.legend.fit,
      swatch: 'solid',
      value: Number.isNaN(law) ? UNKNOWN : formatLoss(law),
      dot: dot(law),
    },
    {
      ...base,
      key: 'forecast',
      label: isDoubtful(data) ? texts.legend.doubtful : texts.legend.forecast,
      swatch: 'band',
      value: Number.isNaN(forecast) ? UNKNOWN : formatInterval({ value: forecast, interval }),
      dot: dot(forecast),
    },
  ];
}

function whatIfItems({ whatIf }: RunData, cursor: number | null): LegendItem[] {
  if (whatIf === null) return [];
  const { steps, values } = whatIf.curve;
  const at = cursor ?? whatIf.finalStep;
  const value = interpolate(steps, values, at);
  const dot = cursor === null || value === null ? null : { x: cursor, y: value };
  const item = { key: 'whatIf', label: texts.legend.whatIf, role: 'extra', swatch: 'solid', plot: 'loss' } as const;
  return [{ ...item, value: value === null ? UNKNOWN : formatLoss(value), dot, toggles: true }];
}

function lrItems(data: RunData, logged: readonly Point[] | null, cursor: number | null): LegendItem[] {
  const planned = data.run?.plannedLr ?? { steps: [], lrs: [] };
  if (logged === null && planned.steps.length === 0) return [];
  const last = logged?.at(-1) ?? null;
  const past = last !== null && (cursor === null || cursor <= last.x);
  const found = past ? (cursor === null ? last : nearest(logged!, cursor)) : null;
  const ahead = found === null && cursor !== null ? interpolate(planned.steps, planned.lrs, cursor) : null;
  const dot = found ?? (ahead === null ? null : { x: cursor!, y: ahead });
  return [
    {
      key: 'lr',
      label: found === null && ahead !== null ? texts.legend.planned : texts.legend.lr,
      role: 'lr',
      swatch: 'solid',
      value: dot === null ? UNKNOWN : formatLr(dot.y),
      dot,
      plot: 'lr',
      toggles: false,
    },
  ];
}

function markItems(data: RunData): LegendItem[] {
  const { main, validation } = rolesOf(data);
  const count = (main?.nonFinite.length ?? 0) + (validation?.nonFinite.length ?? 0);
  const base = { role: 'ghost', plot: 'loss', toggles: false, dot: null, value: '' } as const;
  const items: LegendItem[] = [];
  if (count > 0)
    items.push({ ...base, key: 'nonFinite', label: texts.legend.nonFinite(formatCompact(count)), swatch: 'cross' });
  if (main?.ghosts.some((points) => points.length > 0)) {
    items.push({ ...base, key: 'ghosts', label: texts.legend.ghosts, swatch: 'faint' });
  }
  return items;
}

/**
 * The step of the point `by` places from the one at `cursor`, in the series that is walked and then along the forecast,
 * within the visible steps; the ends hold. Without a cursor the walk begins at the present.
 */
export function walk(
  data: RunData,
  cursor: number | null,
  by: number,
  [from, to]: readonly [number, number],
): number | null {
  const { main, validation } = rolesOf(data);
  const points = [main?.raw, validation?.raw].find((each) => each !== undefined && each.length > 0) ?? [];
  const last = points.at(-1)?.x ?? Number.NEGATIVE_INFINITY;
  const ahead = (data.forecast?.forecast?.curve?.steps ?? []).filter((step) => step > last);
  const steps = [...points.map(({ x }) => x), ...ahead].filter((step) => step >= from && step <= to);
  if (steps.length === 0) return null;
  const start = cursor ?? Math.min(last, steps.at(-1)!);
  const next = steps.findIndex((step) => step >= start);
  const index = next < 0 ? steps.length - 1 : next;
  const between = cursor !== null && steps[index] !== start && by > 0 ? 1 : 0;
  return steps[
    Math.min(steps.length - 1, Math.max(0, index + (cursor === null && Number.isFinite(by) ? 0 : by) - between))
  ]!;
}
