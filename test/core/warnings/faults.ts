import { Engine } from '../../../src/core/engine/engine';
import { LawWatch } from '../../../src/core/engine/lawWatch';
import { neighbourCorrelation, pointNoise } from '../../../src/core/fit/noise';
import { NO_FACTS, type RunFacts } from '../../../src/core/warnings/facts';
import { Monitor } from '../../../src/core/warnings/monitor';
import { newTrack, observe } from '../../../src/core/warnings/track';
import type { Warning } from '../../../src/core/warnings/warning';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { uniforms } from '../fit/random';
import type { Point, Recorded } from './replay';

/** A fault planted into a recorded run from a row on. */
export interface Fault {
  readonly name: string;
  /** Kinds that count as seeing it. */
  readonly seenBy: readonly string[];
  /** Values of the driven series within which it must be seen. */
  readonly within: number;
  /** The series whose points are altered and counted. */
  readonly series: string;
  /**
   * What becomes of the value `age` points of the series after the start; `noise` is the robust spread there, `level` what
   * the values before the start lead one to expect.
   */
  readonly change: (value: number, age: number, noise: number, level: number) => number;
  readonly facts?: Partial<RunFacts>;
}

/** What became of one planted fault: points of the series until it was seen, `null` when it was not in time. */
export interface Trial {
  readonly run: string;
  readonly delay: number | null;
}

/** Shares of a run in which faults are planted: after the noise is known and before the end. */
const FROM = 0.4;
const TO = 0.85;

/** Whether a run is long enough for a fault. */
export function fits(run: Recorded, { series, within }: Fault): boolean {
  return (1 - FROM) * run.points.filter((point) => point.series === series).length > 1.1 * within;
}

/** Plants a fault at `places` seeded places of a run and watches. */
export function plant(run: Recorded, fault: Fault, { places, seed }: { places: number; seed: number }): Trial[] {
  const rows = run.points.flatMap(({ series }, i) => (series === fault.series ? [i] : []));
  const facts = { ...NO_FACTS, ...run.facts, ...fault.facts };
  const to = Math.min(TO, 1 - fault.within / rows.length);
  return Array.from(uniforms(places, seed), (u) => {
    const start = Math.floor((FROM + (to - FROM) * u) * rows.length);
    const before = monitorAt(run, facts, rows[start]!);
    return { run: run.name, delay: follow(run, fault, { facts, rows, start, before }) };
  });
}

/** The state just before a row, as JSON. */
function monitorAt(run: Recorded, facts: RunFacts, row: number): string {
  const monitor = new Monitor(facts);
  for (const { series, step, value } of run.points.slice(0, row)) monitor.point(series, step, value);
  return JSON.stringify(monitor);
}

interface Start {
  readonly facts: RunFacts;
  readonly rows: readonly number[];
  readonly start: number;
  readonly before: string;
}

function follow(run: Recorded, fault: Fault, { facts, rows, start, before }: Start): number | null {
  const noise = noiseAround(run.points, rows, start);
  const level = levelAt(run.points, rows, start);
  const monitor = Monitor.restore(before, facts);
  const known = new Set(monitor.warnings.map(keyOf));
  let age = -1;
  for (const point of run.points.slice(rows[start]!)) {
    const isDriven = point.series === fault.series;
    if (isDriven) age++;
    if (age >= fault.within) return null;
    monitor.point(point.series, point.step, isDriven ? fault.change(point.value, age, noise, level) : point.value);
    const isSeen = monitor.warnings.some((each) => fault.seenBy.includes(each.id) && !known.has(keyOf(each)));
    if (isSeen) return age;
  }
  return null;
}

/** A new case of an earlier warning makes it grave again. */
function keyOf({ id, step, severity }: Warning): string {
  return `${id}@${step} ${severity}`;
}

/** What became of a rise: by the points alone, and with the forecasts of the run's own past. */
export interface RiseTrial {
  readonly points: Trial;
  readonly held: Trial;
  /** Values until the loss was 5 % above its forecast; `null` when the run ended before. */
  readonly reach: number | null;
}

/** The loss is above its forecast by this share, on the mean of so many values. */
const ABOVE = 0.05;
const MEAN_OF = 32;

/**
 * Plants a rise that goes on until the loss is 5 % above what the newest forecast before it says, at seeded places, and
 * watches until then. Places without a forecast are left out. A delay is that of the newest loss in the evidence.
 */
export async function plantRise(
  run: Recorded,
  fault: Fault,
  { places, seed }: { places: number; seed: number },
): Promise<RiseTrial[]> {
  const losses = run.points.filter(({ series }) => series === fault.series);
  const rows = run.points.flatMap(({ series }, i) => (series === fault.series ? [i] : []));
  const facts = { ...NO_FACTS, ...run.facts };
  const to = Math.min(TO, 1 - fault.within / losses.length);
  const trials: RiseTrial[] = [];
  for (const u of uniforms(places, seed)) {
    const start = Math.floor((FROM + (to - FROM) * u) * losses.length);
    const risen = losses.map(({ step, value }, i) => ({
      step,
      value: i < start ? value : fault.change(value, i - start, 0, value),
    }));
    const { watch: before } = await heldAgainst(logOf(run, risen.slice(0, start)));
    const excess = risen.slice(start).map(({ step, value }) => value / before.expected(step) - 1);
    if (Number.isNaN(excess[0])) continue;
    const above = excess.findIndex((_, i) => i + 1 >= MEAN_OF && mean(excess.slice(i + 1 - MEAN_OF, i + 1)) > ABOVE);
    const reach = above < 0 ? null : above + 1;
    const within = reach ?? excess.length;
    const { watch } = await heldAgainst(logOf(run, risen.slice(0, start + within + 1)));
    const ends = watch.warnings
      .flatMap(({ evidence }) => evidence.steps.at(-1)!)
      .filter((step) => step > losses[start]!.step);
    const end = ends.length === 0 ? -1 : risen.findIndex(({ step }) => step >= Math.min(...ends)) - start;
    const points = follow(
      run,
      { ...fault, within },
      { facts, rows, start, before: monitorAt(run, facts, rows[start]!) },
    );
    trials.push({
      points: { run: run.name, delay: points },
      held: { run: run.name, delay: end < 0 ? null : end },
      reach,
    });
  }
  return trials;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function logOf({ points, facts }: Recorded, losses: readonly { step: number; value: number }[]): string {
  const rates = new Map(
    points.flatMap(({ series, step, value }) => (series === 'learning_rate' ? [[step, value]] : [])),
  );
  const total = facts.totalSteps ?? undefined;
  return losses
    .map(({ step, value }) => JSON.stringify({ step, loss: value, lr: rates.get(step), total_steps: total }))
    .join('\n');
}

/** A log held against the forecasts of its own past. */
async function heldAgainst(text: string): Promise<{ watch: LawWatch }> {
  const fs = new MemoryFileSystem();
  const log = { info: () => undefined, warn: () => undefined };
  const pool = new InlinePool();
  const engine = new Engine({ fs, pool, clock: new ManualClock(), log });
  try {
    fs.write('/w/a.jsonl', `${text}\n`);
    const [run] = await engine.add('/w/a.jsonl');
    const watch = new LawWatch();
    await watch.update(run!, async (input) => (await pool.run('forecast', { input, options: {} })).forecast);
    return { watch };
  } finally {
    engine.dispose();
  }
}

/** Robust spread of the 200 values before a row about their own course. */
export function noiseAround(points: readonly Point[], rows: readonly number[], start: number): number {
  const part = rows.slice(Math.max(0, start - 200), start).map((row) => points[row]!);
  return pointNoise(
    Float64Array.from(part, (_, i) => i),
    Float64Array.from(part, ({ value }) => value),
  );
}

/** What the 200 values before a row lead one to expect there. */
function levelAt(points: readonly Point[], rows: readonly number[], start: number): number {
  const track = newTrack();
  for (const row of rows.slice(Math.max(0, start - 200), start + 1)) observe(track, points[row]!.value);
  return track.level;
}

/** One value that stands `height` sigma over the course, whatever its noise would have been. */
export function outlier(height: number): Fault {
  return {
    ...spike(height, 0),
    name: `one value ${height} σ over the course`,
    change: (value, age, noise, level) => (age === 0 ? level + height * noise : value),
  };
}

/** A spike that begins with `height` sigma and decays over `decay` values; 0 is a single value. */
export function spike(height: number, decay: number): Fault {
  const shape = (age: number) => (decay === 0 ? Number(age === 0) : Math.exp(-age / decay));
  return {
    name: decay === 0 ? `one value raised by ${height} σ` : `${height} σ, decaying over ${decay} values`,
    seenBy: ['lossSpike'],
    within: 6,
    series: 'train_loss',
    change: (value, age, noise) => value + height * noise * shape(age),
  };
}

/** A rise of the loss over what it was, by 5 % within `values` values: counts only what is seen before that. */
export function slowRise(values: number): Fault {
  return {
    name: `5 % in ${values} values`,
    seenBy: ['divergenceAhead', 'divergence', 'lossSpike'],
    within: values,
    series: 'train_loss',
    change: (value, age) => value * (1 + (0.05 * age) / values),
  };
}

/** What the noise of a run is like: it decides how small a spike can be seen. */
export type NoiseKind = 'near normal' | 'heavy tails' | 'smoothed or almost none';

/** Noise below this share of the loss is almost none; correlated neighbours are smoothed. */
const ALMOST_NONE = 0.002;
const SMOOTHED = 0.5;
/** Normal noise leaves 0.01 % of its values beyond four sigma. */
const FAR = 4;
const FAR_SHARE = 0.002;

/** Distances of the values from their own robust course, in robust sigma; the first ones, whose course is not known, left out. */
export function distancesOf(values: readonly number[]): number[] {
  const track = newTrack();
  return values.filter(Number.isFinite).flatMap((value, i) => {
    observe(track, value);
    return track.sigma > 0 && i >= 48 ? [track.z] : [];
  });
}

/** The kind of noise of a series, by its distances from its own robust course. */
export function noiseKind(values: readonly number[]): NoiseKind {
  const track = newTrack();
  const distances: number[] = [];
  for (const value of values.filter(Number.isFinite)) {
    observe(track, value);
    if (track.sigma > 0) distances.push(track.z);
  }
  if (distances.length === 0 || track.sigma < ALMOST_NONE * Math.abs(track.level)) return 'smoothed or almost none';
  const bounded = Float64Array.from(distances, (z) => Math.max(-FAR, Math.min(FAR, z)));
  if (neighbourCorrelation(bounded) > SMOOTHED) return 'smoothed or almost none';
  const far = distances.filter((z) => z > FAR).length / distances.length;
  return far > FAR_SHARE ? 'heavy tails' : 'near normal';
}
