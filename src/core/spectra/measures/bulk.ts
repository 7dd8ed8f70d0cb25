import { noiseEigenvalues } from './noiseSpectrum';

/** 99 % quantile of the Tracy-Widom law of order 1. */
const TRACY_WIDOM_99 = 2.023;

/** Part of the largest eigenvalue that rounding of float32 products can make. */
const ROUNDING = 1e-6;

/** The part of a spectrum that looks like noise. */
export interface Bulk {
  /** Variance of the entries of the noise. */
  readonly variance: number;
  /** Largest eigenvalue of the noise: σ²(√n + √m)². */
  readonly edge: number;
  /** Eigenvalues above the edge by more than chance allows (Tracy-Widom, 99 %): learned directions. */
  readonly spikes: number;
  /** edge/λ₁, at most 1: 1 is pure noise (mp_softrank of WeightWatcher). */
  readonly softRank: number;
}

/**
 * Edge of the bulk by Marchenko and Pastur, with the variance from the median eigenvalue, which spikes do not move; the spread of
 * the largest one by Johnstone (10.1214/aos/1009210544). `eigenvalues` descending; `slack` is their relative error where they are
 * estimates. Null for a matrix of zeros.
 */
export function bulk(eigenvalues: Float64Array, rows: number, columns: number, slack = 0): Bulk | null {
  const size = eigenvalues.length;
  const largest = eigenvalues[0] ?? 0;
  if (!(largest > 0)) return null;
  const [m, n] = [Math.sqrt(Math.min(rows, columns)), Math.sqrt(Math.max(rows, columns) - 1)];
  const expected = noiseEigenvalues(rows, columns);
  let spikes = 0;
  let variance = 0;
  let edge = 0;
  // Spikes are taken out of the median until their number stands still.
  for (let round = 0; round < 10; round++) {
    const middle = Math.floor((size + spikes) / 2);
    variance = eigenvalues[middle]! / expected[Math.floor(size / 2)]!;
    edge = variance * (n + m) ** 2;
    // Below float32 rounding nothing is a direction: a matrix of low rank has no noise at all.
    const chance = edge * (1 + slack) + TRACY_WIDOM_99 * variance * (n + m) * (1 / n + 1 / m) ** (1 / 3);
    const above = countAbove(eigenvalues, Math.max(chance, largest * ROUNDING));
    if (above === spikes) break;
    spikes = above;
  }
  return { variance, edge, spikes, softRank: Math.min(1, edge / largest) };
}

function countAbove(descending: Float64Array, limit: number): number {
  const first = descending.findIndex((value) => value <= limit);
  return first < 0 ? descending.length : first;
}
