import type { Sourced } from '../../model';

/** A fact read off the learning rates. */
export function inferredFact<T>(value: T, confidence: number, where: string): Sourced<T> {
  return { value, source: 'inferred', confidence: Math.round(confidence * 1000) / 1000, where };
}

/** A rate for people: three significant digits. */
export function formatLr(lr: number): string {
  return lr === 0 ? '0' : Number(lr.toPrecision(3)).toString();
}

/** A step for people: `12 500`. */
export function formatStep(step: number): string {
  return Math.round(step)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** A probability for people: `85 %`. */
export function formatShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}
