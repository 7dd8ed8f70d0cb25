import type { ActivationMeasures } from './activationMeasures';

/** Before or behind the nonlinearity of a feed-forward layer. */
export type Where = 'pre' | 'post';

/** What an activation is called, and where in a training it was taken. */
export interface ActivationPlace {
  /** Module, or what the file calls it. */
  readonly name: string;
  readonly file: string;
  readonly step: number | null;
  readonly layer: number | null;
  readonly where: Where | null;
  /** Group of tokens it was taken over, as frequent or rare ones; null: all. */
  readonly group: string | null;
}

/** One activation and what is known of its covariance. */
export interface ActivationReport extends ActivationPlace {
  /** Vectors that were seen; null when it is not known. */
  readonly count: number | null;
  /** Dimensions of the vectors, and how many of them were measured. */
  readonly width: number | null;
  readonly columns: number | null;
  /** Dimensions that never varied. */
  readonly dead: number | null;
  readonly measures: ActivationMeasures | null;
  /** Why there are no measures. */
  readonly refused: string | null;
  /** Eigenvalues of the covariance, descending; null when they are not known, or no longer kept. */
  readonly eigenvalues: Float64Array | null;
}
