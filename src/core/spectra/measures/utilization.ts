import type { Estimate } from '../spectrum';

/**
 * Spectral utilization, harmonic form 2hs/(h+s) of h = hard rank / D and s = soft rank / D: 0 to 1. arXiv 2510.00537 names one composite
 * index; its exact form could not be read there, so this form is the project's own.
 */
export function utilization(hard: Estimate, soft: Estimate, size: number): Estimate {
  const [h, s] = [hard.value / size, soft.value / size];
  const value = (2 * h * s) / (h + s);
  const relative = ((hard.error ?? 0) / hard.value) * (s / (h + s)) + ((soft.error ?? 0) / soft.value) * (h / (h + s));
  return { value, error: value * relative };
}
