/** Tokens for each dimension below which ranks of a covariance need more than a small correction, and below which hardly anything is left. */
const FEW = 10;
const TOO_FEW = 2;

/** How well `count` vectors sample `width` dimensions; null when one of them is not known. */
export type Sampling = 'good' | 'undersampled' | 'severe';

/** How well `count` vectors sample `width` dimensions: `undersampled` below 10 of them for each dimension, `severe` below 2. */
export function samplingOf(count: number | null, width: number | null): Sampling | null {
  if (count === null || width === null) return null;
  const each = count / width;
  return each >= FEW ? 'good' : each >= TOO_FEW ? 'undersampled' : 'severe';
}

/**
 * Hard rank of the covariance from which `count` centred vectors were drawn, given that of their sample covariance. From the moments
 * of a Wishart matrix with n = count − 1: E tr S² = (1 + 1/n) tr Σ² + (tr Σ)²/n and E (tr S)² = (tr Σ)² + 2 tr Σ²/n. Null when
 * the sample says nothing: its rank is what noise alone would give.
 */
export function correctedHardRank(observed: number, count: number): number | null {
  const n = count - 1;
  const inverse = (1 / observed - 1 / n) / (1 + 1 / n - 2 / (n * observed));
  return n > 1 && inverse > 0 && Number.isFinite(inverse) ? 1 / inverse : null;
}

/** Shares below this part of the largest are rounding. */
const NOTHING = 1e-14;

/**
 * What a finite sample takes from the entropy −Σ p ln p of the shares of eigenvalues: Σᵢⱼ pᵢpⱼ/L(pᵢ, pⱼ) / 2n with L the logarithmic mean,
 * the first order in 1/n of the bias of sample eigenvalues (Anderson 1963, 10.1214/aoms/1177704248, for each; the sum is
 * derived here). Of an isotropic covariance it is D/2n. What is left of the bias grows with its square.
 */
export function entropyDeficit(shares: Float64Array, count: number): number {
  const floor = NOTHING * (shares[0] ?? 0);
  const used = shares.filter((share) => share > floor);
  const logs = used.map(Math.log);
  let sum = 0;
  for (let i = 0; i < used.length; i++) {
    const [p, log] = [used[i]!, logs[i]!];
    sum += p;
    for (let j = 0; j < i; j++) {
      const [q, apart] = [used[j]!, logs[j]! - log];
      // Close values: the mean to second order, where the quotient would be rounding.
      sum += 2 * (apart > 1e-4 ? (p * q * apart) / (q - p) : Math.sqrt(p * q));
    }
  }
  return sum / (2 * (count - 1));
}

/**
 * Standard errors, relative, of the two ranks of a sample covariance of `count` independent normal vectors: each eigenvalue varies by
 * √(2/n) of itself. Tokens of one text are not independent, so true errors are somewhat larger.
 */
export function samplingErrors(shares: Float64Array, count: number): { readonly hard: number; readonly soft: number } {
  let [squares, entropy] = [0, 0];
  for (const p of shares) {
    squares += p * p;
    if (p > 0) entropy -= p * Math.log(p);
  }
  let [hard, soft] = [0, 0];
  for (const p of shares) {
    hard += (2 * p - (2 * p * p) / squares) ** 2;
    if (p > 0) soft += (p * (Math.log(p) + entropy)) ** 2;
  }
  const variance = 2 / (count - 1);
  return { hard: Math.sqrt(variance * hard), soft: Math.sqrt(variance * soft) };
}
