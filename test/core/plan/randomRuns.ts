import type { ScheduleFamily } from '../../../src/core/model';
import type { Schedule } from '../../../src/core/plan/plan';
import { scheduleLr } from '../../../src/core/plan/schedule';

/** Seeded generator of numbers in [0, 1). Source: mulberry32, public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const FAMILIES: readonly ScheduleFamily[] = [
  'constant',
  'linear',
  'cosine',
  'wsd-linear',
  'wsd-sqrt',
  'wsd-cosine',
  'wsd-exponential',
  'inverse-sqrt',
  'polynomial',
  'exponential',
  'step',
  'one-cycle',
];

export const ROUNDINGS = ['full', 'float32', 'sixDecimals', 'threeDigits', 'sixDigits'] as const;
export type RoundingName = (typeof ROUNDINGS)[number];

export function round(value: number, rounding: RoundingName): number {
  if (rounding === 'float32') return Math.fround(value);
  if (rounding === 'sixDecimals') return Number(value.toFixed(6));
  if (rounding === 'threeDigits') return Number(value.toExponential(2));
  if (rounding === 'sixDigits') return Number(value.toExponential(5));
  return value;
}

export interface RandomRun {
  readonly schedule: Schedule;
  readonly rounding: RoundingName;
  readonly interval: number;
  readonly prefix: number;
  readonly steps: number[];
  readonly lrs: number[];
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** A random complete schedule of `family`. Floors and warm-ups have the shares of public training scripts. */
export function randomSchedule(family: ScheduleFamily, random: () => number): Schedule {
  const horizon = 200 * 10 ** (3 * random());
  const totalSteps = random() < 0.5 ? Math.round(horizon / 100) * 100 : Math.round(horizon);
  const warmupSteps = random() < 0.2 ? 0 : Math.round(totalSteps * 0.002 * 50 ** random());
  const peakLr = random() < 0.15 ? 1 : pick(random, [1, 1.5, 2, 3, 5, 6]) * 10 ** -(3 + Math.floor(random() * 2));
  const draw = random();
  let finalLr =
    peakLr * (draw < 0.65 ? 0 : draw < 0.88 ? 0.1 : draw < 0.94 ? pick(random, [0.01, 0.05]) : 0.3 * random());
  let decayStart = warmupSteps;
  if (family.startsWith('wsd-'))
    decayStart = Math.round(warmupSteps + (totalSteps - warmupSteps) * (0.4 + 0.5 * random()));
  if (family === 'step') decayStart = Math.round(totalSteps * (0.3 + 0.5 * random()));
  if (family === 'step') finalLr = peakLr * pick(random, [0.1, 0.3, 0.5]);
  if (family === 'exponential' || family === 'wsd-exponential') finalLr = peakLr * pick(random, [0.01, 0.05, 0.1]);
  if (family === 'one-cycle') {
    const rise = Math.round(0.3 * totalSteps);
    return {
      family,
      totalSteps,
      warmupSteps: rise,
      peakLr,
      finalLr: peakLr / 25e4,
      decayStart: rise,
      decaySteps: totalSteps - rise,
    };
  }
  if (family === 'inverse-sqrt') {
    const warmup = Math.max(warmupSteps, 10);
    finalLr = peakLr * Math.sqrt(warmup / totalSteps);
    return {
      family,
      totalSteps,
      warmupSteps: warmup,
      peakLr,
      finalLr,
      decayStart: warmup,
      decaySteps: totalSteps - warmup,
    };
  }
  if (family === 'constant')
    return { family, totalSteps, warmupSteps, peakLr, finalLr: peakLr, decayStart: totalSteps, decaySteps: 0 };
  const decaySteps = family === 'step' ? 0 : totalSteps - decayStart;
  const base = { family, totalSteps, warmupSteps, peakLr, finalLr, decayStart, decaySteps };
  return family === 'polynomial' ? { ...base, power: pick(random, [2, 2, 3, 0.5]) } : base;
}

/** The log of the first `prefix` of a run: every `interval` steps, rounded, some points missing or twice, sometimes a step late. */
export function randomRun(family: ScheduleFamily, random: () => number, prefix: number): RandomRun {
  const schedule = randomSchedule(family, random);
  const rounding = pick(random, ROUNDINGS);
  const interval = Math.max(1, Math.round(schedule.totalSteps / (30 * 30 ** random())));
  const offset = pick(random, [0, 0, 0, 1, -1]);
  const steps: number[] = [];
  const lrs: number[] = [];
  for (let step = random() < 0.5 ? interval : 0; step <= prefix * schedule.totalSteps; step += interval) {
    const chance = random();
    if (chance < 0.03) continue;
    const lr = round(scheduleLr(schedule, Math.max(step + offset, 0)), rounding);
    steps.push(step);
    lrs.push(lr);
    if (chance > 0.97) {
      steps.push(step);
      lrs.push(lr);
    }
  }
  return { schedule, rounding, interval, prefix, steps, lrs };
}
