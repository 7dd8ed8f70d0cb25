import { median } from '../fit/robust';
import { logRateOf } from '../laws/adamwRate';
import { CONSTANTS, type Constants } from './constants';

/** Constants of one model at one learning rate, fitted to whole runs. */
export interface FamilyConstants extends Constants {
  /** Where the runs come from. */
  readonly source: string;
  readonly name: string;
  /** Peak learning rate, in the unit of the log. */
  readonly peakLr: number;
  /** Progress U at the planned end, in units of 1000 steps at peak rate; the geometric mean of several runs. */
  readonly finalProgress: number;
}

/** Centre and standard deviations of constants, in the order of `CONSTANT_NAMES` without the anchor. */
export interface Group {
  readonly centre: readonly number[];
  readonly spread: readonly number[];
}

/**
 * What public runs say of the constants of a run never seen, without its level. Plain data, as shipped in
 * `shippedPrior.ts`.
 */
export interface GeneralPrior {
  /** Where the learning rate is one of AdamW; the centre is that at a peak of 1e-3. */
  readonly adamw: Group;
  /** How that centre moves with the logarithm of the peak learning rate. */
  readonly perLogLr: readonly number[];
  /** Where the unit of the rate says nothing: other optimizers, multipliers of several rates. */
  readonly other: Group;
  /**
   * Who tunes a rate balances what it costs in noise against what it brings in progress: ln B less the logarithm of the
   * slope of the loss by ln U at the planned end, over all families. Used where the rate itself says nothing.
   */
  readonly balance: { readonly mean: number; readonly sd: number };
  /** What it was learnt from. */
  readonly from: { readonly families: number; readonly sources: readonly string[] };
}

/** So wide that a run speaks for itself, so narrow that one without a decay gives a finite B. */
const WEAK: Group = {
  centre: [Math.log(0.5), Math.log(0.19), Math.log(0.12), Math.log(0.7)],
  spread: [0.5, 0.8, 1.2, 0.8],
};

/** The prior of no runs at all. */
export const WEAK_PRIOR: GeneralPrior = {
  adamw: WEAK,
  perLogLr: [0, 0, 0, 0],
  other: WEAK,
  balance: { mean: 0, sd: 10 },
  from: { families: 0, sources: [] },
};

/**
 * A general prior in anything that was read from a file; `undefined` when it is none: each list has the four constants,
 * finite, spreads above 0.
 */
export function generalPriorFrom(value: unknown): GeneralPrior | undefined {
  const { adamw, perLogLr, other, balance, from } = (value ?? {}) as Record<string, unknown>;
  const { mean, sd } = (balance ?? {}) as Record<string, unknown>;
  if (!isGroup(adamw) || !isList(perLogLr) || !isGroup(other)) return undefined;
  if (!Number.isFinite(mean) || !((sd as number) > 0)) return undefined;
  const { families, sources } = (from ?? {}) as { families?: unknown; sources?: unknown };
  const told = { families: Number(families ?? 0), sources: Array.isArray(sources) ? sources.map(String) : [] };
  return { adamw, perLogLr, other, balance: { mean: mean as number, sd: sd as number }, from: told };
}

function isList(list: unknown): list is number[] {
  return Array.isArray(list) && list.length === FOLLOWS_LR.length && list.every((entry) => Number.isFinite(entry));
}

function isGroup(group: unknown): group is Group {
  const { centre, spread } = (group ?? {}) as Record<string, unknown>;
  return isList(centre) && isList(spread) && spread.every((sd) => sd > 0);
}

/** Logarithm of the loss that falls with each e-fold of progress at U = `finalProgress`. */
export function logSlopeAt([alpha, , , reach]: readonly number[], finalProgress: number): number {
  return alpha! + reach! - Math.exp(alpha!) * Math.log(finalProgress);
}

/**
 * What theory expects of the dependence on the learning rate: progress counts e^0.6, so R goes with lr^(-0.6 alpha); the
 * noise that a rate keeps up goes with lr^0.75 at fixed steps and half of it at the memory a higher rate has.
 */
const EXPECTED_PER_LOG_LR = [0, 0.375, 0, -0.3] as const;

/** Which constants follow the learning rate; weight of the expectation in squared logarithms of the rate. */
const FOLLOWS_LR = [false, true, false, true] as const;
const EXPECTATION_WEIGHT = 1;

/** Bounds of the spreads: a few sources can agree by chance, and alpha and C of a short run are mostly error. */
const ADAMW_BOUNDS = { least: [0.3, 0.2, 0.6, 0.45], most: [0.4, 0.3, 0.7, 0.6] } as const;
const OTHER_BOUNDS = { least: [0.25, 0.8, 0.6, 0.35], most: [0.35, 1.2, 0.9, 0.6] } as const;
const BALANCE_BOUNDS = { least: 0.4, most: 0.6 } as const;

/** Families that the others are worth when the constants of other optimizers are learnt. */
const SHRINKAGE = 4;

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * Learns the prior of a run never seen from the constants of families: weighted medians after carrying all to one learning
 * rate, and median-based spreads. Medians, because one family in five is far off; weights, because a family counts as
 * much as its runs determine it and a source as the root of its families. Needs at least 3 families.
 */
export function learnPrior(families: readonly FamilyConstants[]): GeneralPrior {
  const perLogLr = FOLLOWS_LR.map((follows, d) => (follows ? slopeOf(families, d) : 0));
  const counts = new Map<string, number>();
  for (const { source } of families) counts.set(source, (counts.get(source) ?? 0) + 1);
  const of = (group: readonly FamilyConstants[], d: number): Weighted[] =>
    group.map(({ mean, covariance, peakLr, source }) => {
      const weight = counts.get(source)! ** -0.5 / (1 + covariance[d * (CONSTANTS + 1)]! / TYPICAL_SPREAD[d]! ** 2);
      return { value: mean[d]! - perLogLr[d]! * (logRateOf(peakLr) ?? 0), weight };
    });
  const known = families.filter(({ peakLr }) => logRateOf(peakLr) !== undefined);
  const unknown = families.filter(({ peakLr }) => logRateOf(peakLr) === undefined);
  const centre = perLogLr.map((_, d) => weightedMedian(of(FOLLOWS_LR[d] && known.length >= FEW ? known : families, d)));
  const share = unknown.length / (unknown.length + SHRINKAGE);
  const otherCentre = centre.map((c, d) => {
    return FOLLOWS_LR[d] && unknown.length > 0 ? c + share * (weightedMedian(of(unknown, d)) - c) : c;
  });
  const tuned = unknown.length >= MANY ? unknown : families;
  const ratios = tuned.map(({ mean, finalProgress, source }) => {
    return { value: mean[1]! - logSlopeAt(mean, finalProgress), weight: counts.get(source)! ** -0.5 };
  });
  const balance = weightedMedian(ratios);
  return {
    adamw: {
      centre,
      spread: centre.map((c, d) => spreadOf(of(known, d), c, [ADAMW_BOUNDS.least[d]!, ADAMW_BOUNDS.most[d]!])),
    },
    perLogLr,
    other: {
      centre: otherCentre,
      spread: otherCentre.map((c, d) => spreadOf(of(families, d), c, [OTHER_BOUNDS.least[d]!, OTHER_BOUNDS.most[d]!])),
    },
    balance: { mean: balance, sd: spreadOf(ratios, balance, [BALANCE_BOUNDS.least, BALANCE_BOUNDS.most]) },
    from: { families: families.length, sources: [...new Set(families.map(({ source }) => source))].sort() },
  };
}

/** Fewer families of AdamW than this do not make a group of their own. */
const FEW = 3;

/** With this many families of other optimizers the balance is learnt from them: rates of AdamW are often swept on purpose. */
const MANY = 8;

/** A family whose error is this large counts half. */
const TYPICAL_SPREAD = [0.15, 0.15, 0.5, 0.15] as const;

/** Weighted median; `NaN` when there is none. */
function weightedMedian(values: readonly Weighted[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let [sum, last] = [0, Number.NaN];
  for (const { value, weight } of sorted) {
    if (Math.abs(sum - half) < 1e-12) return (last + value) / 2;
    sum += weight;
    if (sum > half + 1e-12) return value;
    last = value;
  }
  return last;
}

/** Median-based standard deviation about `centre`, within bounds; the upper one without values. */
function spreadOf(values: readonly Weighted[], centre: number, [least, most]: readonly [number, number]): number {
  const distance = weightedMedian(values.map(({ value, weight }) => ({ value: Math.abs(value - centre), weight })));
  return Number.isFinite(distance) ? Math.min(most, Math.max(least, 1.4826 * distance)) : most;
}

/** Slope of constant `d` in the logarithm of the learning rate, drawn towards its expectation. */
function slopeOf(families: readonly FamilyConstants[], d: number): number {
  const points = families.flatMap(({ mean, peakLr }) => {
    const z = logRateOf(peakLr);
    return z === undefined ? [] : [{ z, value: mean[d]! }];
  });
  const middle = { z: median(points.map(({ z }) => z)), value: median(points.map(({ value }) => value)) };
  let [cross, square] = [0, EXPECTATION_WEIGHT];
  const expected = EXPECTED_PER_LOG_LR[d]!;
  for (const { z, value } of points) {
    cross += (z - middle.z) * (value - middle.value - expected * (z - middle.z));
    square += (z - middle.z) ** 2;
  }
  return expected + cross / square;
}
