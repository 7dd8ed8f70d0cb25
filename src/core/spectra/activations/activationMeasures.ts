import { concentration } from '../measures/concentration';
import { utilization } from '../measures/utilization';
import type { Estimate } from '../spectrum';
import { correctedHardRank, entropyDeficit, samplingErrors } from './finiteSample';

/** The measures of the covariance of one activation. Estimates carry the half width of their 95 % interval, null where nothing is known of it. */
export interface ActivationMeasures {
  /** Corrected for the number of vectors where that is known. */
  readonly hardRank: Estimate;
  readonly softRank: Estimate;
  /** Ranks of the sample covariance as it is. */
  readonly observed: { readonly hardRank: number; readonly softRank: number };
  /** Spectral entropy in nats: ln of the corrected soft rank. */
  readonly entropy: number;
  /** Of the sample covariance. Null without eigenvalues. */
  readonly concentration: number | null;
  readonly utilization: Estimate | null;
}

/** Half width of a 95 % interval in standard errors. */
const Z95 = 1.96;

/** What is left of the bias of a corrected entropy, in squares of the correction: 1.2 at most on the spectra that were tried. */
const REST_OF_BIAS = 1.5;

/**
 * Measures of a covariance of `width` dimensions by its eigenvalues, descending, as many as there are or fewer (the rest are zeros),
 * sampled by `count` vectors; null: not known, and then nothing is corrected. `estimated`: the ranks of the sample where they are known
 * better than by the list. Null for eigenvalues without a positive sum.
 */
export function activationMeasures(
  eigenvalues: Float64Array,
  width: number,
  count: number | null,
  estimated?: SampleRanks,
): ActivationMeasures | null {
  const clean = eigenvalues.map((value) => Math.max(0, value));
  const total = clean.reduce((sum, value) => sum + value, 0);
  if (!(total > 0 && Number.isFinite(total))) return null;
  const shares = clean.map((value) => value / total);
  const squares = shares.reduce((sum, p) => sum + p * p, 0);
  const entropy = shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  const sample = estimated ?? { hardRank: exact(1 / squares), softRank: exact(Math.exp(entropy)) };
  const ranks = count === null ? uncorrected(sample) : corrected(shares, sample, count, width);
  const padded = new Float64Array(Math.max(width, clean.length));
  padded.set(clean);
  return {
    ...ranks,
    observed: { hardRank: sample.hardRank.value, softRank: sample.softRank.value },
    entropy: Math.log(ranks.softRank.value),
    concentration: concentration(padded),
    utilization: utilization(ranks.hardRank, ranks.softRank, width),
  };
}

/** Ranks of a sample covariance with the errors that the method leaves. */
export type SampleRanks = Pick<ActivationMeasures, 'hardRank' | 'softRank'>;

function exact(value: number): Estimate {
  return { value, error: 0 };
}

/** Without a count nothing is known of the error of sampling, and so of the whole. */
function uncorrected({ hardRank, softRank }: SampleRanks): SampleRanks {
  return { hardRank: { ...hardRank, error: null }, softRank: { ...softRank, error: null } };
}

function corrected(shares: Float64Array, sample: SampleRanks, count: number, width: number): SampleRanks {
  const [hard, soft] = [sample.hardRank, sample.softRank];
  const sampling = samplingErrors(shares, count);
  const deficit = entropyDeficit(shares, count);
  const softRank = Math.min(width, soft.value * Math.exp(deficit));
  const softError = Math.hypot(Z95 * sampling.soft, REST_OF_BIAS * deficit * deficit, relative(soft));
  const rank = correctedHardRank(hard.value, count);
  const hardRank = Math.min(width, rank ?? hard.value);
  // A correction multiplies the error of what it is made from.
  const hardError = (hardRank / hard.value) * Math.hypot(Z95 * sampling.hard, relative(hard));
  return {
    hardRank: { value: hardRank, error: rank === null ? null : hardRank * hardError },
    softRank: { value: softRank, error: softRank * softError },
  };
}

function relative({ value, error }: Estimate): number {
  return (error ?? 0) / value;
}

/** Measures that a log states by itself, at least one of the two ranks. Nothing is known of their errors. */
export function loggedMeasures(
  ranks: { readonly hardRank: number | null; readonly softRank: number | null },
  width: number | null,
): ActivationMeasures | null {
  const { hardRank, softRank } = ranks;
  if (!(hardRank !== null && softRank !== null && hardRank > 0 && softRank > 0)) return null;
  const [hard, soft] = [hardRank, softRank].map((value) => ({ value, error: null })) as [Estimate, Estimate];
  return {
    hardRank: hard,
    softRank: soft,
    observed: { hardRank, softRank },
    entropy: Math.log(softRank),
    concentration: null,
    utilization: width === null ? null : { ...utilization(hard, soft, width), error: null },
  };
}
