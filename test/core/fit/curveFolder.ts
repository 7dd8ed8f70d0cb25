import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LrCurve } from '../../../src/core/plan/lrCurve';

/** Schedule of a recorded curve, as `manifest.json` describes it. */
export interface RecordedSchedule {
  readonly kind: string;
  readonly total_steps: number;
  readonly peak_lr: number;
  readonly warmup_steps: number;
  readonly decay_start?: number;
  readonly decay_steps?: number;
  readonly decay_shape?: string;
  readonly final_lr?: number;
  readonly knots?: readonly (readonly [number, number])[];
}

/** One recorded curve with its facts. */
export interface RecordedCurve {
  readonly id: string;
  readonly file: string;
  readonly source: string;
  readonly group: string;
  readonly prefix_group: string;
  readonly loss_kind: 'train' | 'val';
  readonly t1_role?: 'fit' | 'test';
  readonly schedule: RecordedSchedule;
}

/** Points of a curve and its learning rate over the whole plan. */
export interface LoadedCurve {
  readonly facts: RecordedCurve;
  readonly steps: Float64Array<ArrayBuffer>;
  readonly losses: Float64Array<ArrayBuffer>;
  readonly lr: LrCurve;
  readonly total: number;
}

/** Facts of all curves of a folder with `manifest.json` and `curves/`. */
export function readManifest(folder: string): RecordedCurve[] {
  const text = fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8');
  return (JSON.parse(text) as { curves: RecordedCurve[] }).curves;
}

/** Reads one curve: columns step, lr, loss. */
export function loadCurve(folder: string, facts: RecordedCurve): LoadedCurve {
  const [, ...lines] = fs.readFileSync(path.join(folder, facts.file), 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return {
    facts,
    steps: Float64Array.from(rows, (row) => row[0]!),
    losses: Float64Array.from(rows, (row) => row[2]!),
    lr: scheduleCurve(facts.schedule),
    total: facts.schedule.total_steps,
  };
}

const SHAPES: Record<string, (u: number, peak: number, final: number) => number> = {
  linear: (u, peak, final) => final + (peak - final) * (1 - u),
  cosine: (u, peak, final) => final + ((peak - final) * (1 + Math.cos(Math.PI * u))) / 2,
  '1-sqrt': (u, peak, final) => final + (peak - final) * (1 - Math.sqrt(u)),
  exp: (u, peak, final) => peak ** (1 - u) * final ** u,
};

/** Knots of a bent decay are this many at most; the learning rate is then right to 1e-6 of the peak. */
const MAX_KNOTS = 2000;

/** Learning rate of every step of a recorded schedule. */
export function scheduleCurve(schedule: RecordedSchedule): LrCurve {
  const { total_steps: total, peak_lr: peak, warmup_steps: warmup, knots } = schedule;
  if (knots !== undefined) return curveOf(knots.map(([step, lr]) => [step, lr]));
  const points: [number, number][] =
    warmup > 0
      ? [
          [0, 0],
          [warmup, peak],
        ]
      : [[0, peak]];
  const start = schedule.decay_start;
  if (start !== undefined && schedule.decay_shape !== undefined) {
    const final = schedule.final_lr ?? 0;
    const length = schedule.decay_steps ?? total - start;
    const shape = SHAPES[schedule.decay_shape] ?? (() => final);
    if (start > points[points.length - 1]![0]) points.push([start, peak]);
    const parts = schedule.decay_shape === 'linear' || length === 1 ? 1 : Math.min(length, MAX_KNOTS);
    for (let k = 1; k <= parts; k++) points.push([start + (length * k) / parts, shape(k / parts, peak, final)]);
  }
  if (points[points.length - 1]![0] < total) points.push([total, points[points.length - 1]![1]]);
  return curveOf(points);
}

function curveOf(points: readonly (readonly [number, number])[]): LrCurve {
  return { steps: Float64Array.from(points, (p) => p[0]), lrs: Float64Array.from(points, (p) => p[1]) };
}
