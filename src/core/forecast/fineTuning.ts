import { median } from '../fit/robust';
import type { ForecastInput } from './forecast';

/** First losses that are looked at. */
const FIRST = 3;

/** They must come this early: later even a new model has learnt the most. */
const FIRST_STEPS = 10;

/** A model that knows nothing loses more than this: 65 characters cost 4.2 nats, bytes in bits per byte about 3.6. */
const KNOWS_SOMETHING = 3;

/** Pre-training at least halves such a loss; fine-tuning takes off less. */
const LEAST_SHARE = 0.4;

/**
 * True when a run looks like fine-tuning: already its first steps lose less than a model that knows nothing does, and the
 * newest loss is no small part of that. False when the log begins later: then nothing can be told.
 */
export function startsLow({ steps, losses }: Pick<ForecastInput, 'steps' | 'losses'>): boolean {
  if (steps.length < 2 * FIRST || !(steps[0]! <= FIRST_STEPS)) return false;
  const first = median(losses.subarray(0, FIRST));
  const newest = median(losses.subarray(losses.length - FIRST));
  return first < KNOWS_SOMETHING && newest > LEAST_SHARE * first;
}
