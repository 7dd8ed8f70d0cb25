import { median } from '../../fit/robust';
import { fitPolynomial } from './leastSquares';

/** The same layer in a small and in a large model. */
export interface TopValuePair {
  readonly kind: string;
  readonly width: number;
  readonly otherWidth: number;
  readonly spectralNorm: number;
  readonly otherSpectralNorm: number;
}

/** What the layers of one kind say. */
export interface TopValueMatch {
  readonly kind: string;
  readonly layers: number;
  /** Median of other over first: 1 when the hyperparameters were transferred well. */
  readonly ratio: number;
  /** Exponent of σ₁ over the width; null when the widths are equal. 0.75 when neither η nor λ was scaled. */
  readonly exponent: number | null;
  readonly mismatch: boolean;
  /** Factor for the weight decay of the other model that would bring the ratio to 1, because σ ∝ λ^−½. */
  readonly decayFactor: number;
}

/** Own threshold: ratio beyond which the scales do not match. */
const TOLERANCE = Math.log(1.25);

/** Exponent of σ₁ over the width at equal η and λ (arXiv 2510.15262, empirical, LLaMA-like models with AdamW). */
export const WIDTH_EXPONENT = 0.75;

/** Kinds whose learning rate and decay do not follow the rule for matrices. */
const LEFT_OUT = new Set(['embedding', 'position', 'head']);

/**
 * Whether top singular values agree between two widths, by kind of layer: when they do, the gain of each sublayer is preserved
 * (arXiv 2510.15262). Embeddings, positions and the head are left out.
 */
export function matchTopValues(pairs: readonly TopValuePair[]): TopValueMatch[] {
  const kinds = [...new Set(pairs.map(({ kind }) => kind))].filter((kind) => !LEFT_OUT.has(kind));
  return kinds.flatMap((kind) => {
    const layers = pairs.filter((pair) => pair.kind === kind && pair.spectralNorm > 0 && pair.otherSpectralNorm > 0);
    if (layers.length === 0) return [];
    const ratio = median(layers.map(({ spectralNorm, otherSpectralNorm }) => otherSpectralNorm / spectralNorm));
    const points = layers.flatMap(({ width, otherWidth, spectralNorm, otherSpectralNorm }) => [
      [Math.log(width), Math.log(spectralNorm)] as const,
      [Math.log(otherWidth), Math.log(otherSpectralNorm)] as const,
    ]);
    const fit = fitPolynomial(
      points.map(([x]) => x),
      points.map(([, y]) => y),
      1,
    );
    const exponent = fit?.coefficients[1] ?? null;
    const mismatch = Math.abs(Math.log(ratio)) > TOLERANCE;
    return [{ kind, layers: layers.length, ratio, exponent, mismatch, decayFactor: ratio ** 2 }];
  });
}
