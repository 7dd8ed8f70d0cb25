import { MAX_LABEL } from '../limits';
import { CONSTANTS } from './constants';
import type { FittedRun } from './memory';

/** A finished run as it is kept on the user's machine. Plain JSON. */
export interface LearntRun extends FittedRun {
  /** The run's id: learning from it again replaces it. */
  readonly id: string;
  /** Series whose constants these are. */
  readonly series: string;
  /** Last step, and the smoothed loss there in nats. */
  readonly steps: number;
  readonly finalLoss: number;
}

/** Longest text of one field that is taken from a file. */
const MAX_TEXT = 4096;

/** Learnt runs that are kept: a prior uses the 24 most alike. */
export const MAX_LEARNT = 500;

/**
 * The learnt runs in anything that was read from a file or a store: entries that are no learnt runs are left out, and so
 * is what exceeds `MAX_LEARNT`. Never throws.
 */
export function learntRunsFrom(value: unknown): LearntRun[] {
  const list = Array.isArray(value) ? value : (value as { runs?: unknown } | null)?.runs;
  return Array.isArray(list) ? list.flatMap((entry) => checked(entry) ?? []).slice(0, MAX_LEARNT) : [];
}

function checked(value: unknown): LearntRun | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, series, model, mean, covariance, peakLr, steps, finalLoss } = value as Record<string, unknown>;
  const numbers = isNumbers(mean, CONSTANTS) && isNumbers(covariance, CONSTANTS * CONSTANTS);
  if (!numbers || !isNumber(peakLr) || !(peakLr > 0) || !isNumber(steps) || !isNumber(finalLoss)) return undefined;
  if (!isText(id, MAX_TEXT) || !isText(name, MAX_TEXT) || !isText(series, MAX_LABEL)) return undefined;
  const known = { id, name, series, mean, covariance, peakLr, steps, finalLoss };
  return isText(model, MAX_TEXT) ? { ...known, model } : known;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(isNumber);
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}
