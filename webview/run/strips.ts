import { formatCompact, formatNumber } from '../shared/numbers';
import type { ColourRole, Scene, SceneLine } from '../shared/scene';
import type { UiState } from '../shared/state';
import { texts } from '../shared/texts';
import { curvePoints, LINE, rolesOf, rulesOf } from './plotModel';
import { between, lowerIndex } from './points';
import { type HeldSeries, isLossLike, type RunData } from './runData';
import { yRange } from './yRange';
import type { Range } from './zoom';

/** A small plot below the loss, over the same x-axis. */
export interface Strip {
  readonly key: string;
  readonly label: string;
  readonly scene: Scene;
}

/** A value of a strip: in short where it is large. */
export function formatStrip(value: number, digits = 4): string {
  return Math.abs(value) >= 1e4 ? formatCompact(value, digits) : formatNumber(value, digits);
}

/** The strips of a run: the learning rate, then every picked series that is no loss. */
export function stripsOf(data: RunData, ui: UiState, range: Range): Strip[] {
  const rate = lrScene(data, ui, range);
  const others = rolesOf(data).extra.filter((series) => !isLossLike(series));
  return [
    ...(rate === null ? [] : [{ key: 'lr', label: texts.plot.lr, scene: rate }]),
    ...others.map((series) => ({ key: series.name, label: labelOf(series), scene: seriesScene(data, series, range) })),
  ];
}

function labelOf({ label, unit }: HeldSeries): string {
  return unit === '' ? label : `${label}, ${unit}`;
}

function seriesScene(data: RunData, { name, raw, smooth }: HeldSeries, range: Range): Scene {
  const visible = between(raw, range);
  const y = yRange({ raw: visible, curves: smooth === null ? [] : [smooth], band: null }, range, {
    log: false,
    whole: true,
  });
  const faint = smooth === null ? { width: 1.5, alpha: 1 } : { width: 1, alpha: 0.35 };
  const lines: SceneLine[] = [{ ...LINE, ...faint, key: name, role: 'extra', points: raw }];
  if (smooth !== null) lines.push({ ...LINE, key: `${name} smooth`, role: 'extra', points: smooth, width: 2 });
  return { ...bare(data, range), y: y ?? { min: 0, max: 1, log: false }, lines };
}

function bare(data: RunData, [min, max]: Range): Omit<Scene, 'y' | 'lines'> {
  const rules = rulesOf(data).map((rule) => ({ ...rule, label: '' }));
  return { x: { min, max, log: false }, bands: [], rules, marks: [], end: null };
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
  return { ...bare(data, range), y: { min: 0, max: top > 0 ? top * 1.12 : 1, log: false }, lines };
}

/** The planned rate from where logging ends: under the logged part it would only hide it. */
function plannedAhead(planned: ReturnType<typeof curvePoints>, last: { x: number; y: number } | null) {
  if (last === null) return planned;
  return [last, ...planned.slice(lowerIndex(planned, last.x + 1e-9))];
}
