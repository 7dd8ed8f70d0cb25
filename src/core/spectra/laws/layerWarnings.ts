import { median } from '../../fit/robust';
import { formatNumber, formatStep } from '../../report/numbers';
import type { Warning } from '../../warnings/warning';
import type { CheckpointPoint, LayerPoint } from './checkpointPoint';
import { averagingSteps, type DecaySetting, decayScale } from './decayScale';
import { type RankPoint, rankTrend } from './rankTrend';

/** Own thresholds: growth of σ₁ between two checkpoints, by itself and beside the other layers, from this part of the plan on. */
const GROWTH = 2;
const BEYOND_OTHERS = 1.5;
const STARTED = 0.05;

/** Own threshold: ratio beyond which σ₁ does not follow √(η/λ). */
const OFF_SCALE = Math.log(1.25);
/** Times of averaging after which weights count as settled, and change of the learning rate that does not count as one. */
const SETTLED_TIMES = 2;
const SAME_RATE = 0.05;

/** Kinds whose σ₁ and ranks follow the tokens and not the layer. */
const BY_TOKEN = new Set(['embedding', 'position', 'head']);

/**
 * What the spectra of the checkpoints of one run warn of, at its newest checkpoint: `layerCollapse`, `layerExplosion` and
 * `weightScale`, each at most once with its worst layer. Points are in order of their steps; `totalSteps`: planned steps, null if
 * not known. Empty for no points; most of it needs two and the ranks three.
 */
export function layerWarnings(points: readonly CheckpointPoint[], totalSteps: number | null): Warning[] {
  const last = points.at(-1);
  if (last === undefined) return [];
  const total = totalSteps ?? last.step;
  const found = [collapse(points, last, total), explosion(points, last, total), offScale(points, last)];
  return found.filter((warning) => warning !== null);
}

interface Finding {
  readonly name: string;
  /** The larger the worse. */
  readonly size: number;
  readonly text: string;
  readonly from: number;
}

function worst(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>((a, b) => (a === undefined || b.size > a.size ? b : a), undefined);
}

function warning(
  id: string,
  severity: Warning['severity'],
  { step }: CheckpointPoint,
  findings: readonly Finding[],
): Warning | null {
  const first = worst(findings);
  if (first === undefined) return null;
  const others = findings.length - 1;
  const more = others === 0 ? '' : ` ${others} other ${others === 1 ? 'layer does' : 'layers do'} likewise.`;
  const numbers = { layers: findings.length, size: first.size };
  const evidence = { text: `${first.name} ${first.text}.${more}`, numbers, steps: [first.from, step] };
  return { id, severity, step, until: null, series: null, evidence };
}

function collapse(points: readonly CheckpointPoint[], last: CheckpointPoint, total: number): Warning | null {
  const findings: Finding[] = [];
  for (const [name, layer] of last.layers) {
    const before = layerAt(points.at(-2), name);
    if (layer.isZero && before !== undefined) {
      const text = before.isZero
        ? `has stayed at zero since step ${formatStep(points.at(-2)!.step)}`
        : 'has become zero';
      findings.push({ name, size: 1, text, from: points.at(-2)!.step });
    }
    if (BY_TOKEN.has(layer.kind)) continue;
    const trend = rankTrend(ranksOf(points, name), total);
    // Only a fall that reaches the newest checkpoint is news.
    if (trend?.collapsing !== true || trend.to !== last.step) continue;
    const fall = `${(100 * trend.steepestFall).toFixed(0)} %`;
    const text = `has lost ${fall} of its soft rank since step ${formatStep(trend.from)}, at the same learning rate`;
    findings.push({ name, size: trend.steepestFall, text, from: trend.from });
  }
  return warning('layerCollapse', 'warning', last, findings);
}

function ranksOf(points: readonly CheckpointPoint[], name: string): RankPoint[] {
  return points.flatMap(({ step, learningRate, layers }) => {
    const rank = layers.get(name)?.softRank ?? null;
    return rank === null ? [] : [{ step, rank, ...(learningRate !== null && { learningRate }) }];
  });
}

function explosion(points: readonly CheckpointPoint[], last: CheckpointPoint, total: number): Warning | null {
  const broken = [...last.layers].flatMap(([name, { nonFinite }]): Finding[] =>
    nonFinite === 0
      ? []
      : [{ name, size: nonFinite, text: `has ${nonFinite} entries that are not finite`, from: last.step }],
  );
  if (broken.length > 0) return warning('layerExplosion', 'error', last, broken);
  const before = points.at(-2);
  if (before === undefined || before.step < STARTED * total) return null;
  const ratios = [...last.layers].flatMap(([name, layer]): [string, number][] => {
    const ratio = normRatio(layer, layerAt(before, name));
    return ratio === null ? [] : [[name, ratio]];
  });
  const usual = median(ratios.map(([, ratio]) => ratio));
  const findings = ratios.flatMap(([name, ratio]): Finding[] => {
    if (ratio < GROWTH || ratio < BEYOND_OTHERS * usual) return [];
    const text = `has a spectral norm ${formatNumber(ratio, 2)} times that of step ${formatStep(before.step)}, where half of the layers changed by less than ${formatNumber(usual, 2)}`;
    return [{ name, size: ratio, text, from: before.step }];
  });
  return warning('layerExplosion', 'warning', last, findings);
}

/** σ₁ against the scale that AdamW gives settled weights, between two settings of learning rate and decay (arXiv 2510.15262). */
function offScale(points: readonly CheckpointPoint[], last: CheckpointPoint): Warning | null {
  const now = settledSetting(points, points.length - 1);
  if (now === null) return null;
  for (let i = 0; i < points.length - 1; i++) {
    const then = settledSetting(points, i);
    if (then === null || sameRate(then.learningRate, now.learningRate)) continue;
    const expected = decayScale(now) / decayScale(then);
    const ratios = [...last.layers].flatMap(([name, layer]) => {
      const ratio = BY_TOKEN.has(layer.kind) ? null : normRatio(layer, layerAt(points[i], name));
      return ratio === null ? [] : [ratio];
    });
    if (ratios.length === 0) continue;
    const observed = median(ratios);
    if (Math.abs(Math.log(observed / expected)) <= OFF_SCALE) return null;
    const text = `Spectral norms are ${formatNumber(observed, 3)} times those of step ${formatStep(points[i]!.step)} (median of ${ratios.length} layers); √(η/λ) predicts ${formatNumber(expected, 3)} times.`;
    const evidence = { text, numbers: { observed, expected }, steps: [points[i]!.step, last.step] };
    return { id: 'weightScale', severity: 'info', step: last.step, until: null, series: null, evidence };
  }
  return null;
}

/** The setting of a checkpoint whose weights have had time to settle under it: two averaging times at one learning rate. */
function settledSetting(points: readonly CheckpointPoint[], at: number): DecaySetting | null {
  const { step, learningRate, weightDecay } = points[at]!;
  if (learningRate === null || weightDecay === null || !(learningRate > 0 && weightDecay > 0)) return null;
  const setting = { learningRate, weightDecay };
  const since = step - SETTLED_TIMES * averagingSteps(setting);
  const rates = points.slice(0, at + 1).reverse();
  const end = rates.findIndex((point) => point.learningRate === null || !sameRate(point.learningRate, learningRate));
  const oldest = (end < 0 ? rates : rates.slice(0, end)).at(-1)!;
  return oldest.step <= since ? setting : null;
}

function sameRate(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_RATE * Math.max(a, b);
}

function layerAt(point: CheckpointPoint | undefined, name: string): LayerPoint | undefined {
  return point?.layers.get(name);
}

function normRatio(after: LayerPoint, before: LayerPoint | undefined): number | null {
  if (!(before?.spectralNorm && after.spectralNorm)) return null;
  return after.spectralNorm / before.spectralNorm;
}
