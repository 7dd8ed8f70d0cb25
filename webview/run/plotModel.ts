import type { Forecast } from '../../src/core/forecast/forecast';
import { intervalParts } from '../../src/core/report/interval';
import { formatCompact } from '../../src/core/report/numbers';
import type { ColourRole, Point, Scene, SceneBand, SceneLine, SceneMark, SceneRule } from '../shared/scene';
import type { UiState } from '../shared/state';
import { texts } from '../shared/texts';
import { lowerIndex } from './points';
import type { HeldSeries, RunData } from './runData';
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

/** All steps that a plot of the run can show: from 0 or the first logged step to the planned end. */
export function fullRange(data: RunData, logX: boolean): Range {
  let last = Number.NEGATIVE_INFINITY;
  for (const { raw, ghosts } of data.series.values()) {
    for (const points of [raw, ...ghosts]) last = Math.max(last, points.at(-1)?.x ?? last);
  }
  const summary = data.run?.summary;
  const to = Math.max(
    last,
    summary?.step ?? last,
    summary?.totalSteps ?? last,
    data.forecast?.forecast?.finalStep ?? last,
    data.whatIf?.finalStep ?? last,
  );
  if (!Number.isFinite(to)) return [0, 1];
  const first = data.firstStep ?? 0;
  const late = first > LATE_START * to;
  const from = logX ? Math.max(first, to * 1e-6, Math.min(1, to / 10)) : late || first < 0 ? first : 0;
  return to > from ? [from, to] : [from, from + 1];
}

/** Where a run stands: what is right of it is forecast. */
export function presentStep(data: RunData): number | null {
  return data.run?.summary.step ?? null;
}

/** Whether the drawn forecast must not be relied on: refused, or made without a part of the plan. */
export function isDoubtful({ run, forecast }: RunData): boolean {
  return forecast?.forecast?.refused != null || (run?.missing.length ?? 0) > 0;
}

const LINE = { alpha: 1, dash: [], marker: 'none' } as const;
/** How strongly a forecast is drawn that cannot be trusted. */
const DOUBTFUL = 0.5;
const EXTRA_DASHES = [
  [8, 3],
  [2, 2],
  [8, 3, 2, 3],
] as const;

/** The loss plot. */
export function lossScene(data: RunData, ui: UiState, range: Range): Scene {
  const roles = rolesOf(data);
  const hidden = new Set(ui.hidden);
  const forecast = data.forecast?.forecast ?? null;
  const doubtful = isDoubtful(data);
  const lines = [
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
    marks: [...(hidden.has('raw') ? [] : marksOf(roles)), ...warningMarks(data)],
    end: hidden.has('forecast') || doubtful ? null : endOf(forecast),
  };
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
  for (const [index, { name, raw, smooth }] of extra.entries()) {
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

function curvePoints(steps: readonly number[], values: readonly number[]): Point[] {
  return steps.map((x, index) => ({ x, y: values[index]! }));
}

function rulesOf(data: RunData): SceneRule[] {
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

/** Warnings that are not muted, ascending. */
function warningMarks(data: RunData): SceneMark[] {
  const heard = (data.run?.warnings ?? []).filter(({ muted }) => !muted);
  return heard.map(({ step, severity }) => ({ x: step, kind: severity }));
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

/** The learning-rate strip on the same x-axis; `null` when neither a logged nor a planned rate is known. */
export function lrScene(data: RunData, ui: UiState, range: Range): Scene | null {
  const { lr } = rolesOf(data);
  const planned = data.run?.plannedLr ?? { steps: [], lrs: [] };
  if (lr === null && planned.steps.length === 0) return null;
  const logged = lr?.raw ?? [];
  const ahead = plannedAhead(curvePoints(planned.steps, planned.lrs), logged.at(-1) ?? null);
  const role: ColourRole = 'lr';
  const lines: SceneLine[] = [
    { ...LINE, key: 'planned', role, points: ahead, width: 1.5, dash: [5, 4], alpha: 0.9 },
    { ...LINE, key: 'lr', role, points: logged, width: 2 },
  ];
  if (data.whatIf !== null && !ui.hidden.includes('whatIf')) {
    const { steps, lrs } = data.whatIf.ahead;
    const start = { x: data.whatIf.now.step, y: data.whatIf.now.rate };
    lines.push({ ...LINE, key: 'whatIf', role: 'extra', points: [start, ...curvePoints(steps, lrs)], width: 1.5 });
  }
  let top = 0;
  for (const { points } of lines) for (const { y } of points) if (y > top && Number.isFinite(y)) top = y;
  return {
    x: { min: range[0], max: range[1], log: ui.logX },
    y: { min: 0, max: top > 0 ? top * 1.12 : 1, log: false },
    lines,
    bands: [],
    rules: rulesOf(data).map((rule) => ({ ...rule, label: '' })),
    marks: [],
    end: null,
  };
}

/** The planned rate from where logging ends: under the logged part it would only hide it. */
function plannedAhead(planned: Point[], last: Point | null): Point[] {
  if (last === null) return planned;
  return [last, ...planned.slice(lowerIndex(planned, last.x + 1e-9))];
}
