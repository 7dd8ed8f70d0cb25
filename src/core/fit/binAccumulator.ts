import { pointNoise } from './noise';
import { median, robustSd } from './robust';

/** A series reduced to groups of neighbouring points. Equal lengths; steps ascend. Plain data. */
export interface ReducedSeries {
  /** Mean step of each group. */
  readonly steps: Float64Array;
  /** Mean loss of each group, spikes left out; nats. */
  readonly losses: Float64Array;
  readonly counts: Float64Array;
  /** Relative noise of one point within each group; `NaN` for a group of fewer than 3 points. */
  readonly noise: Float64Array;
  /** Points that were not finite, not positive, or replaced by a later one of the same step. */
  readonly leftOut: { readonly notFinite: number; readonly notPositive: number; readonly repeated: number };
}

/** Width of a group in the logarithm of the step: eight groups fall into one bin of a fit. */
const GROUP_WIDTH = 1 / 512;

/** A point this many standard deviations off the middle of its group is a spike and left out of its mean. */
const SPIKE = 6;

/** Series up to this length are fitted point by point; longer ones are reduced first. */
export const MAX_RAW_POINTS = 8192;

/**
 * Reduces a growing series to groups of equal width in log step while its points arrive, so that a fit of a run with 10^6
 * points costs as much as one with 10^3. A new point costs O(1) on average; only the points of the newest group are kept.
 * Whatever the way the points were cut into calls, the same points give the same bits.
 */
export class BinAccumulator {
  readonly #steps: number[] = [];
  readonly #losses: number[] = [];
  readonly #counts: number[] = [];
  readonly #noise: number[] = [];
  #openSteps: number[] = [];
  #openLosses: number[] = [];
  #notFinite = 0;
  #notPositive = 0;
  #repeated = 0;

  /** Points taken in so far, those left out included. */
  points = 0;

  /** Takes in points whose steps ascend; an equal step replaces the one before, an earlier one is ignored. */
  push(steps: ArrayLike<number>, losses: ArrayLike<number>): void {
    for (let i = 0; i < steps.length; i++) this.#add(steps[i]!, losses[i]!);
  }

  /** The groups so far, the newest as it stands. O(groups). */
  reduced(): ReducedSeries {
    const open = this.#openSteps.length > 0 ? [summarise(this.#openSteps, this.#openLosses)] : [];
    const column = (closed: readonly number[], key: 'step' | 'loss' | 'count' | 'noise'): Float64Array =>
      Float64Array.from([...closed, ...open.map((group) => group[key])]);
    return {
      steps: column(this.#steps, 'step'),
      losses: column(this.#losses, 'loss'),
      counts: column(this.#counts, 'count'),
      noise: column(this.#noise, 'noise'),
      leftOut: { notFinite: this.#notFinite, notPositive: this.#notPositive, repeated: this.#repeated },
    };
  }

  #add(step: number, loss: number): void {
    this.points++;
    if (!Number.isFinite(loss) || !Number.isFinite(step)) this.#notFinite++;
    else if (loss <= 0) this.#notPositive++;
    else if (step <= (this.#openSteps[this.#openSteps.length - 1] ?? Number.NEGATIVE_INFINITY)) {
      this.#repeated++;
      if (step === this.#openSteps[this.#openSteps.length - 1]) this.#openLosses[this.#openLosses.length - 1] = loss;
    } else {
      if (this.#openSteps.length > 0 && !(step < Math.max(1, this.#openSteps[0]!) * Math.exp(GROUP_WIDTH)))
        this.#close();
      this.#openSteps.push(step);
      this.#openLosses.push(loss);
    }
  }

  #close(): void {
    const { step, loss, count, noise } = summarise(this.#openSteps, this.#openLosses);
    this.#steps.push(step);
    this.#losses.push(loss);
    this.#counts.push(count);
    this.#noise.push(noise);
    this.#openSteps = [];
    this.#openLosses = [];
  }
}

/** Points that went into a reduced series, those left out included. */
export function pointsIn({ counts, leftOut }: ReducedSeries): number {
  const kept = counts.reduce((sum, count) => sum + count, 0);
  return kept + leftOut.notFinite + leftOut.notPositive + leftOut.repeated;
}

/** Reduces a whole series at once. */
export function reduceSeries(steps: ArrayLike<number>, losses: ArrayLike<number>): ReducedSeries {
  const accumulator = new BinAccumulator();
  accumulator.push(steps, losses);
  return accumulator.reduced();
}

/**
 * Mean of positive `losses` without spikes: values beyond 6 standard deviations of their median, where the deviation is
 * the greater of the relative `noise` and their own spread. Fewer than 4 values: their mean.
 */
export function meanWithoutSpikes(losses: ArrayLike<number>, noise: number, counts?: ArrayLike<number>): number {
  const middle = losses.length < 4 ? Number.NaN : median(losses);
  const limit = losses.length < 4 ? 0 : SPIKE * Math.max(noise * middle, robustSd(losses, middle));
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < losses.length; i++) {
    if (Math.abs(losses[i]! - middle) > limit) continue;
    const count = counts?.[i] ?? 1;
    sum += count * losses[i]!;
    weight += count;
  }
  return sum / weight;
}

function summarise(steps: readonly number[], losses: readonly number[]) {
  const noise =
    steps.length < 3 ? Number.NaN : pointNoise(Float64Array.from(steps), Float64Array.from(losses, Math.log));
  let sum = 0;
  for (const step of steps) sum += step;
  const loss = meanWithoutSpikes(losses, Number.isFinite(noise) ? noise : 0);
  return { step: sum / steps.length, loss, count: steps.length, noise };
}
