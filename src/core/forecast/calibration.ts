import type { LawId } from '../laws/law';
import { type LrPath, rateAt } from '../laws/lrPath';
import type { HalfWidths, LawError, PriorBasis } from './fittedForecast';

/** What decides how far a forecast errs: the earlier runs it leans on, and whether the rate has begun to fall. */
export type Regime = 'publicBefore' | 'publicWithin' | 'historyBefore' | 'historyWithin';

/** Half-widths for every regime. */
export type Calibration = Readonly<Record<Regime, HalfWidths>>;

/** How a law errs beyond its parameters, and how wide its intervals are. */
export interface ErrorModel {
  readonly lawError: LawError;
  readonly halfWidths: HalfWidths;
}

/** Laws without calibration of their own: heavier tails than a normal distribution's 1.28 and 1.96. */
const GENERAL: ErrorModel = {
  lawError: { annealing: 0.2, progress: 0.05, floor: 0.002 },
  halfWidths: { of80: 1.28, of95: 2.2 },
};

/** Of the generalised annealing law: sets how intervals grow with what is still to fall; their size is calibrated. */
const GENERALISED: LawError = { annealing: 0.02, progress: 0.02, floor: 0.0008 };

/** A rate below this share of its peak has begun to fall. */
const FALLEN = 0.95;

/** The regime of a forecast made at `lastSeen`. */
export function regimeOf(basis: PriorBasis, path: LrPath, lastSeen: number): Regime {
  const isPublic = basis === 'public' || basis === 'own';
  const isWithin = lastSeen > path.warmupEnd && rateAt(path, lastSeen) < FALLEN;
  if (isPublic) return isWithin ? 'publicWithin' : 'publicBefore';
  return isWithin ? 'historyWithin' : 'historyBefore';
}

/** The error model of a law in a regime. */
export function errorModelOf(lawId: LawId, regime: Regime, calibration: Calibration): ErrorModel {
  if (lawId !== 'generalisedAnnealing') return GENERAL;
  return { lawError: GENERALISED, halfWidths: calibration[regime] };
}

/** How one forecast came out: its error in standard deviations. */
export interface Score {
  readonly regime: Regime;
  /** Forecasts of one family count together: weight 1 / sqrt(their number). */
  readonly family: string;
  readonly z: number;
}

/** A regime with fewer families than this borrows all scores. */
const FEW_FAMILIES = 4;

/**
 * Conformal half-widths: for every regime the weighted quantiles of the scores of recorded forecasts, families weighted
 * by the root of their number. Source: Vovk, Gammerman & Shafer 2005, chapter 2; weights as Tibshirani et al.,
 * arXiv 1904.06019.
 */
export function calibrate(scores: readonly Score[]): Calibration {
  const of = (regime: Regime): HalfWidths => {
    const own = scores.filter((score) => score.regime === regime);
    const used = new Set(own.map((score) => score.family)).size < FEW_FAMILIES ? scores : own;
    return { of80: weightedQuantile(used, 0.8), of95: weightedQuantile(used, 0.95) };
  };
  return {
    publicBefore: of('publicBefore'),
    publicWithin: of('publicWithin'),
    historyBefore: of('historyBefore'),
    historyWithin: of('historyWithin'),
  };
}

function weightedQuantile(scores: readonly Score[], share: number): number {
  const counts = new Map<string, number>();
  for (const { family } of scores) counts.set(family, (counts.get(family) ?? 0) + 1);
  const sorted = scores.map(({ z, family }) => ({ z: Math.abs(z), weight: counts.get(family)! ** -0.5 }));
  sorted.sort((a, b) => a.z - b.z);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const { z, weight } of sorted) {
    sum += weight;
    if (sum >= share * total) return z;
  }
  return sorted[sorted.length - 1]?.z ?? Number.NaN;
}
