import { UNKNOWN } from '../../src/core/report/numbers';
import type { Estimate, TensorView } from '../../src/protocol/spectra';
import { t } from '../shared/l10n';
import { formatNumber } from '../shared/numbers';

export type { Estimate };

export type MeasureId =
  | 'utilization'
  | 'hardRank'
  | 'softRank'
  | 'concentration'
  | 'stableRank'
  | 'sigma1'
  | 'frobenius'
  | 'alpha'
  | 'alphaFarms'
  | 'spikes'
  | 'bulk'
  | 'condition'
  | 'largest';

type Measures = NonNullable<TensorView['measures']>;

/** One measure as the panel shows it. */
export interface Measure {
  readonly id: MeasureId;
  readonly title: string;
  /** For headings of tables. */
  readonly short: string;
  /** What it says, and what is good. */
  readonly help: string;
  readonly log: boolean;
  /** Which end deserves a look; `null`: neither. */
  readonly worse: 'low' | 'high' | null;
  readonly of: (measures: Measures, tensor: TensorView) => Estimate | null;
}

const share = ({ value, error }: Estimate, size: number): Estimate => ({
  value: value / size,
  error: error === null ? null : error / size,
});

/** A number that is exact where all singular values are known, and has no stated bound where they are estimated. */
const counted = (value: number | null, { method }: Measures): Estimate | null =>
  value === null ? null : { value, error: method === 'krylov' ? null : 0 };

/** Singular values that a matrix can have. */
export function sizeOf({ shape, rank }: TensorView): number {
  return rank ?? Math.min(...shape);
}

/** Every measure that can be mapped, the most telling first. Ranks are shares of the width, so that shapes compare. */
export const MEASURES: readonly Measure[] = [
  {
    id: 'utilization',
    title: t('Spectral utilization'),
    short: t('utilization'),
    help: t('Share of the width in use: harmonic mean of hard and soft rank over the width. Low is wasted width.'),
    log: false,
    worse: 'low',
    of: ({ utilization }) => utilization,
  },
  {
    id: 'hardRank',
    title: t('Hard rank / width'),
    short: t('hard rank'),
    help: t('Dominant directions as a share of the width: (Σλ)²/Σλ². Low: few directions carry everything.'),
    log: false,
    worse: 'low',
    of: ({ hardRank }, tensor) => share(hardRank, sizeOf(tensor)),
  },
  {
    id: 'softRank',
    title: t('Soft rank / width'),
    short: t('soft rank'),
    help: t(
      'Entropy rank as a share of the width: counts the tail too. Far above the hard rank: width bought only tail.',
    ),
    log: false,
    worse: 'low',
    of: ({ softRank }, tensor) => share(softRank, sizeOf(tensor)),
  },
  {
    id: 'concentration',
    title: t('Spectral concentration'),
    short: t('concentration'),
    help: t('0 flat, 1 all in one direction. Beyond 0.95 a layer counts as collapsed.'),
    log: false,
    worse: 'high',
    of: ({ concentration }) => concentration,
  },
  {
    id: 'stableRank',
    title: t('Stable rank / width'),
    short: t('stable rank'),
    help: t('‖W‖²/σ₁² as a share of the width. Low: one direction dominates.'),
    log: false,
    worse: 'low',
    of: ({ stableRank }, tensor) => share(stableRank, sizeOf(tensor)),
  },
  {
    id: 'sigma1',
    title: t('Largest singular value σ₁'),
    short: 'σ₁',
    help: t(
      'Gain of the strongest direction. Layers of one kind should agree; growth over steps foretells instability.',
    ),
    log: true,
    worse: 'high',
    of: ({ spectralNorm }) => spectralNorm,
  },
  {
    id: 'frobenius',
    title: t('Frobenius norm'),
    short: t('norm'),
    help: t('Root of the sum of squares of all entries: where weight decay and updates have settled.'),
    log: true,
    worse: null,
    of: ({ frobenius }) => ({ value: frobenius, error: 0 }),
  },
  {
    id: 'alpha',
    title: t('Tail exponent α'),
    short: 'α',
    help: t('Power law of the tail. 2 to 6 is a fitted tail, above 8 none. Depends on the shape even for noise.'),
    log: false,
    worse: 'high',
    of: ({ alpha }) => alpha,
  },
  {
    id: 'alphaFarms',
    title: t('FARMS exponent'),
    short: t('α FARMS'),
    help: t('Tail exponent that does not depend on the shape: compare layers by it. Higher is less trained.'),
    log: false,
    worse: 'high',
    of: ({ farms }) => farms,
  },
  {
    id: 'spikes',
    title: t('Spikes above the noise'),
    short: t('spikes'),
    help: t(
      'Directions beyond what noise explains (Tracy–Widom, 99 %). 0: nothing that can be told from noise was learned.',
    ),
    log: false,
    worse: 'low',
    of: (measures) => counted(measures.spikes, measures),
  },
  {
    id: 'bulk',
    title: t('Share of noise'),
    short: t('noise'),
    help: t('Squared edge of the noise over σ₁²: 1 is pure noise.'),
    log: false,
    worse: 'high',
    of: (measures) => counted(measures.bulkSoftRank, measures),
  },
  {
    id: 'condition',
    title: t('Condition number'),
    short: t('condition'),
    help: t('σ₁ over the smallest singular value; a lower bound where it is estimated.'),
    log: true,
    worse: 'high',
    of: ({ condition }) => condition,
  },
  {
    id: 'largest',
    title: t('Largest entry / RMS'),
    short: t('largest entry'),
    help: t('One entry of 64 times the root mean square or more may be a super weight.'),
    log: true,
    worse: 'high',
    of: ({ largestEntry }) => (largestEntry === null ? null : { value: largestEntry.ratio, error: 0 }),
  },
];

/** The measure of that name, the first one when there is none. */
export function measureOf(id: string): Measure {
  return MEASURES.find((each) => each.id === id) ?? MEASURES[0]!;
}

/** The value of a matrix; `null` without one, or when it is no finite number. */
export function measured(measure: Measure, tensor: TensorView): Estimate | null {
  const found = tensor.measures === null ? null : measure.of(tensor.measures, tensor);
  return found !== null && Number.isFinite(found.value) ? found : null;
}

/** Relative errors below this are rounding. */
const ROUNDING = 1e-6;

/** A value with its bar: `0.431 ± 0.002`; `± ?` where no error is known, nothing more where it is exact. */
export function formatEstimate(estimate: Estimate | null, digits = 3): string {
  if (estimate === null) return UNKNOWN;
  const { value, error } = estimate;
  const text = formatNumber(value, digits);
  if (error === null) return `${text} ± ?`;
  return error > ROUNDING * Math.abs(value) ? `${text} ± ${formatNumber(error, 2)}` : text;
}

/** True when a bar has to be drawn. */
export function hasBar({ value, error }: Estimate): boolean {
  return error !== null && error > ROUNDING * Math.abs(value);
}
