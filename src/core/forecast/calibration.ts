import type { Bins } from '../fit/bins';
import { median } from '../fit/robust';
import type { LawId } from '../laws/law';
import type { HalfWidths, LawError, PriorBasis, Regime } from './fittedForecast';

/** Half-widths for every regime. */
export type Calibration = Readonly<Record<Regime, HalfWidths>>;

/** How a law errs beyond its parameters, and how wide its intervals are. */
export interface ErrorModel {
  readonly lawError: LawError;
  /** How much of the standard deviations that Laplace's approximation gives is real. */
  readonly posteriorShare: number;
  readonly halfWidths: HalfWidths;
}

/** Laws without calibration of their own: heavier tails than a normal distribution's 1.28 and 1.96. */
const GENERAL: ErrorModel = {
  lawError: { annealing: 0.2, progress: 0.05, floor: 0.002 },
  posteriorShare: 1,
  halfWidths: { of80: 1.28, of95: 2.2 },
};

/**
 * Of the generalised annealing law, the most likely values for the forecasts of docs/forecast-quality.md (Student's
 * distribution with 4 degrees of freedom): posteriors are too wide, because bins and priors count as less sure than they
 * are; public runs leave the release of a decay open by 9 %. Noise is as wide as it says.
 */
const FROM_PUBLIC = { lawError: { annealing: 0.09, progress: 0, floor: 0.0006 }, posteriorShare: 0.65 };
const FROM_HISTORY = { lawError: { annealing: 0, progress: 0, floor: 0.0016 }, posteriorShare: 0.45 };
const GENERALISED: Readonly<Record<Regime, Omit<ErrorModel, 'halfWidths'>>> = {
  public: FROM_PUBLIC,
  publicNoisy: { ...FROM_PUBLIC, posteriorShare: 1 },
  history: FROM_HISTORY,
  historyNoisy: { lawError: { ...FROM_HISTORY.lawError, progress: 0.05 }, posteriorShare: 0.6 },
};

/** Bins are noisy when the middle one is known no better than this, relative to its loss. */
const NOISY = 0.002;

/** The regime of a forecast from `bins` that leans on `basis`. */
export function regimeOf(basis: PriorBasis, { pointNoise, counts }: Bins): Regime {
  const isNoisy = pointNoise / Math.sqrt(median(counts)) > NOISY;
  if (basis === 'public' || basis === 'own') return isNoisy ? 'publicNoisy' : 'public';
  return isNoisy ? 'historyNoisy' : 'history';
}

/** The error model of a law in a regime. */
export function errorModelOf(lawId: LawId, regime: Regime, calibration: Calibration): ErrorModel {
  return lawId === 'generalisedAnnealing' ? { ...GENERALISED[regime], halfWidths: calibration[regime] } : GENERAL;
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
    public: of('public'),
    history: of('history'),
    publicNoisy: of('publicNoisy'),
    historyNoisy: of('historyNoisy'),
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
