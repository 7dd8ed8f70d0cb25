import type { Bins } from '../fit/bins';
import type { Causes } from '../fit/posterior';
import { median } from '../fit/robust';
import { logRateOf } from '../laws/adamwRate';
import type { LawId } from '../laws/law';
import type { HalfWidths, LawError, Regime } from './fittedForecast';

/** Half-widths for every regime. */
export type Calibration = Readonly<Record<Regime, HalfWidths>>;

/** How a law errs beyond its parameters, and how wide its intervals are. */
export interface ErrorModel {
  readonly lawError: LawError;
  /** How much of the standard deviations that Laplace's approximation gives is real, by cause. */
  readonly shares: Readonly<Record<keyof Causes, number>>;
  /** How intervals widen where the constants of a run lie d standard deviations off its prior: by sqrt(1 + unlike · d²). */
  readonly unlike: number;
  readonly halfWidths: HalfWidths;
}

/** Laws without calibration of their own: heavier tails than a normal distribution's 1.28 and 1.96. */
const GENERAL: ErrorModel = {
  lawError: { annealing: 0.2, progress: 0.05, floor: 0.002 },
  shares: { noise: 1, law: 1, prior: 1 },
  unlike: 0,
  halfWidths: { of80: 1.28, of95: 2.2 },
};

/**
 * Of the generalised annealing law, about the most likely values for the forecasts of docs/forecast-quality.md (Student's
 * distribution with 4 degrees of freedom), alike for validation and training losses and all priors: noise is as wide as it
 * says, the wandering of a run and above all the priors count as less sure than they are.
 */
const SHARES = { noise: 1, law: 0.7, prior: 0.4 };

/** What a regime leaves open beyond the parameters. */
interface LeftOpen {
  /** Shares of the two falls: sources of public runs differ by 15 % in their release. */
  readonly annealing: number;
  readonly progress: number;
  /** Relative error at the end of a run where the learning rate is one of AdamW, and where its unit says nothing. */
  readonly floor: number;
  readonly otherFloor: number;
  /**
   * As in `ErrorModel`: a run unlike those a prior rests on is likely to go on so. Public priors are wide; own runs tell nearly all
   * constants, and noise lets none of them stand out.
   */
  readonly unlike: number;
}

const PUBLIC = { annealing: 0.15, progress: 0.03, floor: 0.0006, otherFloor: 0.007, unlike: 1 };

const LEFT_OPEN: Readonly<Record<Regime, LeftOpen>> = {
  public: PUBLIC,
  publicNoisy: PUBLIC,
  own: { annealing: 0.02, progress: 0.01, floor: 0.001, otherFloor: 0.0025, unlike: 0.25 },
  ownNoisy: { annealing: 0.02, progress: 0.03, floor: 0.0025, otherFloor: 0.0025, unlike: 0 },
};

/** Bins are noisy when the middle one is known no better than this, relative to its loss. */
const NOISY = 0.002;

/** The regime of a forecast from `bins` of a run that leans on so many of the user's runs that have seen a decay. */
export function regimeOf(earlierRuns: number, { meanNoise, counts }: Bins): Regime {
  const noise = meanNoise / Math.sqrt(median(counts)) > NOISY ? 'Noisy' : '';
  return `${earlierRuns > 0 ? 'own' : 'public'}${noise}`;
}

/** The error model of a law in a regime for a run with this peak learning rate. */
export function errorModelOf(lawId: LawId, regime: Regime, peakLr: number, calibration: Calibration): ErrorModel {
  if (lawId !== 'generalisedAnnealing') return GENERAL;
  const { unlike, otherFloor, floor, ...shares } = LEFT_OPEN[regime];
  const lawError = { ...shares, floor: logRateOf(peakLr) === undefined ? otherFloor : floor };
  return { lawError, shares: SHARES, unlike, halfWidths: calibration[regime] };
}

/** How one forecast came out: its error in standard deviations. */
export interface Score {
  readonly regime: Regime;
  /** Forecasts of one family count together: weight 1 / sqrt(their number). */
  readonly family: string;
  readonly z: number;
}

/** A regime of fewer families than this says too little of a quantile. */
const FEW_FAMILIES = 4;

const REGIMES = Object.keys(LEFT_OPEN) as Regime[];

/**
 * Conformal half-widths: for every regime the weighted quantiles of the scores of recorded forecasts, families weighted
 * by the root of their number, with one more forecast of mean weight counted as beyond them all. A regime of fewer than 4
 * families borrows all scores. Source: Vovk, Gammerman & Shafer 2005, chapter 2; weights and correction as Tibshirani
 * et al., arXiv 1904.06019.
 */
export function calibrate(scores: readonly Score[]): Calibration {
  const of = (regime: Regime): HalfWidths => {
    const own = scores.filter((score) => score.regime === regime);
    const used = new Set(own.map(({ family }) => family)).size >= FEW_FAMILIES ? own : scores;
    return { of80: weightedQuantile(used, 0.8), of95: weightedQuantile(used, 0.95) };
  };
  return Object.fromEntries(REGIMES.map((regime) => [regime, of(regime)])) as Record<Regime, HalfWidths>;
}

function weightedQuantile(scores: readonly Score[], share: number): number {
  const counts = new Map<string, number>();
  for (const { family } of scores) counts.set(family, (counts.get(family) ?? 0) + 1);
  const sorted = scores.map(({ z, family }) => ({ z: Math.abs(z), weight: counts.get(family)! ** -0.5 }));
  sorted.sort((a, b) => a.z - b.z);
  const weight = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const total = weight + weight / Math.max(1, sorted.length);
  let sum = 0;
  for (const { z, weight } of sorted) {
    sum += weight;
    if (sum >= share * total) return z;
  }
  return sorted[sorted.length - 1]?.z ?? Number.NaN;
}
