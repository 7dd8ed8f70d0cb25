import { median, robustSd } from '../fit/robust';
import type { Constants } from './constants';

/** Constants of one model at one learning rate, fitted to whole runs. */
export interface FamilyConstants extends Constants {
  /** Where the runs come from. */
  readonly source: string;
  readonly name: string;
  /** Peak learning rate, in the unit of the log. */
  readonly peakLr: number;
}

/**
 * What public runs say of the constants of a run never seen, without its level. Plain data, as shipped in
 * `shippedPrior.ts`. All entries in the order of `CONSTANT_NAMES`, without the anchor.
 */
export interface GeneralPrior {
  /** Centre, for AdamW at a peak learning rate of 1e-3. */
  readonly centre: readonly number[];
  /** How the centre moves with the logarithm of the peak learning rate of AdamW. */
  readonly perLogLr: readonly number[];
  /** Standard deviations where the learning rate is one of AdamW. */
  readonly spread: readonly number[];
  /** The same where its unit says nothing: other optimizers, multipliers of several rates. */
  readonly spreadOther: readonly number[];
  /** What it was learnt from. */
  readonly from: { readonly families: number; readonly sources: readonly string[] };
}

/** So wide that a run speaks for itself, so narrow that one without a decay gives a finite B. */
export const WEAK_PRIOR: GeneralPrior = {
  centre: [Math.log(0.5), Math.log(0.21), Math.log(0.12), Math.log(0.7)],
  perLogLr: [0, 0, 0, 0],
  spread: [0.5, 0.8, 1.2, 0.8],
  spreadOther: [0.5, 0.8, 1.2, 0.8],
  from: { families: 0, sources: [] },
};

/**
 * A general prior in anything that was read from a file; `undefined` when it is none: each list has the four constants,
 * finite, spreads above 0.
 */
export function generalPriorFrom(value: unknown): GeneralPrior | undefined {
  const { centre, perLogLr, spread, spreadOther, from } = (value ?? {}) as Record<string, unknown>;
  const isList = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === FOLLOWS_LR.length && list.every((entry) => Number.isFinite(entry));
  if (!isList(centre) || !isList(perLogLr) || !isList(spread) || !isList(spreadOther)) return undefined;
  if (![...spread, ...spreadOther].every((sd) => sd > 0)) return undefined;
  const { families, sources } = (from ?? {}) as { families?: unknown; sources?: unknown };
  const told = { families: Number(families ?? 0), sources: Array.isArray(sources) ? sources.map(String) : [] };
  return { centre, perLogLr, spread, spreadOther, from: told };
}

/** Peak learning rates of AdamW: outside, the unit is taken to be another one. */
const ADAMW_RATES = [1e-5, 1e-2] as const;

/** Learning rate to which constants are carried over. */
const REFERENCE_LR = 1e-3;

/**
 * Logarithm of the peak learning rate over 1e-3 when it can be one of AdamW, `undefined` for other units. The rate is
 * what the log says: 0.02 for Muon or 1 for a multiplier tell nothing of the size of an AdamW step.
 */
export function logRateOf(peakLr: number): number | undefined {
  const [low, high] = ADAMW_RATES;
  return peakLr >= low && peakLr <= high ? Math.log(peakLr / REFERENCE_LR) : undefined;
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
const LEAST_SPREAD = [0.2, 0.15, 0.6, 0.35] as const;
const MOST_SPREAD = [0.3, 1, 0.7, 1] as const;

/**
 * Learns the prior of a run never seen from the constants of families: medians after carrying all to one learning rate,
 * and median-based spreads. Medians, because one family in five is far off. Needs at least 3 families.
 */
export function learnPrior(families: readonly FamilyConstants[]): GeneralPrior {
  const perLogLr = FOLLOWS_LR.map((follows, d) => (follows ? slopeOf(families, d) : 0));
  const moved = families.map(({ mean, peakLr }) =>
    perLogLr.map((slope, d) => mean[d]! - slope * (logRateOf(peakLr) ?? 0)),
  );
  const centre = perLogLr.map((_, d) => median(moved.map((row) => row[d]!)));
  const isKnown = families.map(({ peakLr }) => logRateOf(peakLr) !== undefined);
  const spreadOf = (d: number, rows: readonly number[][]): number => {
    const values = rows.map((row) => row[d]!);
    return Math.min(MOST_SPREAD[d]!, Math.max(LEAST_SPREAD[d]!, robustSd(values, centre[d]!)));
  };
  const all = centre.map((_, d) => spreadOf(d, moved));
  const ofB = (known: boolean): number =>
    spreadOf(
      1,
      moved.filter((_, i) => isKnown[i] === known),
    );
  const spread = all.with(1, isKnown.some(Boolean) ? ofB(true) : all[1]!);
  const spreadOther = all.with(1, Math.max(spread[1]!, isKnown.every(Boolean) ? all[1]! : ofB(false)));
  const sources = [...new Set(families.map(({ source }) => source))].sort();
  return { centre, perLogLr, spread, spreadOther, from: { families: families.length, sources } };
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
