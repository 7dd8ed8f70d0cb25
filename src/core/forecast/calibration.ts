import type { Bins } from '../fit/bins';
import { median } from '../fit/robust';
import { logRateOf } from '../laws/adamwRate';
import type { LawId } from '../laws/law';
import type { HalfWidths, LawError, Regime } from './fittedForecast';

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
 * distribution with 4 degrees of freedom): posteriors are too wide, because priors and the wandering of a run count as less sure
 * than they are; public runs leave the release of a decay open by 10 %. Noise is as wide as it says.
 */
const FROM_PUBLIC = { posteriorShare: 0.4, lawError: { annealing: 0.1, progress: 0.02, floor: 0.0005 } };
const FROM_OTHERS = { posteriorShare: 0.4, lawError: { annealing: 0.1, progress: 0.03, floor: 0.006 } };
const FROM_NOISE = { posteriorShare: 0.4, lawError: { annealing: 0.1, progress: 0.08, floor: 0.006 } };
const FROM_OWN = { posteriorShare: 0.35, lawError: { annealing: 0, progress: 0, floor: 0.0015 } };
const FROM_OWN_OTHERS = { posteriorShare: 0.35, lawError: { annealing: 0, progress: 0, floor: 0.003 } };
const FROM_OWN_NOISE = { posteriorShare: 0.4, lawError: { annealing: 0, progress: 0.03, floor: 0.0025 } };

const GENERALISED: Readonly<Record<Regime, Omit<ErrorModel, 'halfWidths'>>> = {
  public: FROM_PUBLIC,
  publicOther: FROM_OTHERS,
  publicNoisy: FROM_NOISE,
  publicOtherNoisy: FROM_NOISE,
  once: FROM_OWN,
  onceOther: FROM_OWN_OTHERS,
  onceNoisy: FROM_OWN_NOISE,
  onceOtherNoisy: FROM_OWN_NOISE,
  history: FROM_OWN,
  historyOther: FROM_OWN_OTHERS,
  historyNoisy: FROM_OWN_NOISE,
  historyOtherNoisy: FROM_OWN_NOISE,
};

/** Bins are noisy when the middle one is known no better than this, relative to its loss. */
const NOISY = 0.002;

/** The regime of a forecast from `bins` of a run with this peak learning rate that leans on so many of the user's runs. */
export function regimeOf(earlierRuns: number, peakLr: number, { pointNoise, counts }: Bins): Regime {
  const source = (['public', 'once'] as const)[earlierRuns] ?? 'history';
  const unit = logRateOf(peakLr) === undefined ? 'Other' : '';
  const noise = pointNoise / Math.sqrt(median(counts)) > NOISY ? 'Noisy' : '';
  return `${source}${unit}${noise}`;
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

/** A group of fewer families than this says too little of a quantile. */
const FEW_FAMILIES = 4;

const REGIMES = Object.keys(GENERALISED) as Regime[];

/**
 * Conformal half-widths: for every regime the weighted quantiles of the scores of recorded forecasts, families weighted
 * by the root of their number, with one more forecast of mean weight counted as beyond them all. A regime of fewer than 4
 * families borrows the scores of the other unit, then all. Source: Vovk, Gammerman & Shafer 2005, chapter 2; weights and
 * correction as Tibshirani et al., arXiv 1904.06019.
 */
export function calibrate(scores: readonly Score[]): Calibration {
  const of = (regime: Regime): HalfWidths => {
    const plain = (name: Regime): string => name.replace('Other', '');
    const groups = [
      scores.filter((score) => score.regime === regime),
      scores.filter((score) => plain(score.regime) === plain(regime)),
      scores,
    ];
    const used = groups.find((group) => new Set(group.map(({ family }) => family)).size >= FEW_FAMILIES) ?? scores;
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
