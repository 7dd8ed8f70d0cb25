import { estimateAt } from '../forecast/estimate';
import type { FittedForecast } from '../forecast/fittedForecast';
import type { Estimate } from '../forecast/forecast';
import { rateAt } from '../laws/lrPath';
import { lawById } from '../laws/registry';
import { type Ahead, knowsRate, presentRate, withAhead } from './ahead';
import { type Answer, answered, declined } from './answer';
import { isotonicFall } from './isotonic';
import { endDifference, type Gain, gainOf } from './whatIf';

/** What the rest of the schedule may look like. Rates in the unit of the log. */
export interface ScheduleLimits {
  /** Last step, the planned one unless given. */
  readonly finalStep?: number;
  /** Highest rate; the present one unless given. */
  readonly highest?: number;
  /** Lowest rate, 0 unless given. */
  readonly lowest?: number;
  /** Whether the rate may only fall; true unless given. */
  readonly monotone?: boolean;
}

/** The schedule with the lowest expected final loss. */
export interface BestSchedule {
  readonly ahead: Ahead;
  readonly finalLoss: Estimate;
  /** Final loss less that of the plan. */
  readonly gain: Gain;
  readonly iterations: number;
}

/** Knots between which the rate is straight: more gain nothing that counts. */
const KNOTS = 20;
const MAX_ITERATIONS = 80;
/** Step of the difference quotients and first length of a descent, as shares of the peak. */
const NUDGE = 0.02;
const FIRST_STEP = 0.5;
/** The search ends when an iteration lowers the loss by less than this, nats. */
const TOLERANCE = 2e-6;

/**
 * The best learning rates for the rest of the run: projected gradient descent over 20 knots on the expected final loss,
 * from the best of the plan and a family of falls. Valid where the law is: its rates stay below the highest that the run
 * has tried unless `highest` says otherwise, and it knows nothing of stability. The gain is that of the parameters as
 * they are known now, so its interval matters: before a decay has been seen it rests on earlier runs. Refused without a
 * learning rate, when the plan is over, and for limits that leave no schedule (`badArgument`).
 * Source of the descent: Bertsekas 1976, doi 10.1109/TAC.1976.1101194.
 */
export function bestSchedule(fitted: FittedForecast, limits: ScheduleLimits = {}): Answer<BestSchedule> {
  const { lastSeen, path } = fitted;
  const { finalStep = fitted.finalStep, lowest = 0, monotone = true } = limits;
  const highest = limits.highest ?? presentRate(fitted);
  if (!knowsRate(fitted)) return declined('noLearningRate', 'The learning rate of the run is unknown.');
  if (!(finalStep >= lastSeen + 2)) return declined('planOver', 'The plan is over.');
  if (!(lowest >= 0) || !(highest > lowest))
    return declined('badArgument', 'The highest rate is not above the lowest.');
  const steps = knotSteps(lastSeen, finalStep);
  const search = new Search(fitted, steps, { low: lowest / path.peakLr, high: highest / path.peakLr, monotone });
  const best = search.descend(search.bestOf(startsFor(fitted, steps)));
  const ahead = { steps, lrs: best.rates.map((rate) => rate * path.peakLr) };
  const other = withAhead(fitted, ahead);
  if (other.value === null) return other;
  return answered({
    ahead,
    finalLoss: estimateAt(other.value),
    gain: gainOf(fitted, endDifference(other.value, fitted)),
    iterations: best.iterations,
  });
}

/** Whole steps after `lastSeen`, closer towards the end, where the rate matters most. */
function knotSteps(lastSeen: number, finalStep: number): number[] {
  const steps = new Set<number>();
  for (let k = 1; k <= KNOTS; k++) {
    const share = 1 - (1 - k / KNOTS) ** 1.5;
    steps.add(Math.round(lastSeen + share * (finalStep - lastSeen)));
  }
  return [...steps].filter((step) => step > lastSeen);
}

/** Falls (1 - u)^power from the present rate that a search may begin from: when they begin, and how they bend. */
const BEGINS = Array.from({ length: 24 }, (_, k) => k / 24);
const POWERS = [0.75, 1, 1.5, 2, 3] as const;

/** Rates in shares of the peak: the plan, and every fall of a family. */
function startsFor(fitted: FittedForecast, steps: readonly number[]): number[][] {
  const { lastSeen, path } = fitted;
  const present = presentRate(fitted) / path.peakLr;
  const last = steps[steps.length - 1]!;
  const falls = BEGINS.flatMap((begin) =>
    POWERS.map((power) =>
      steps.map((step) => {
        const u = ((step - lastSeen) / (last - lastSeen) - begin) / (1 - begin);
        return present * (1 - Math.min(1, Math.max(0, u))) ** power;
      }),
    ),
  );
  return [steps.map((step) => rateAt(path, step)), ...falls];
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly monotone: boolean;
}

interface Descent {
  readonly rates: readonly number[];
  readonly loss: number;
  readonly iterations: number;
}

class Search {
  constructor(
    readonly fitted: FittedForecast,
    readonly steps: readonly number[],
    readonly bounds: Bounds,
  ) {}

  /** The best of `starts` within the bounds. */
  bestOf(starts: readonly (readonly number[])[]): number[] {
    const kept = starts.map((start) => this.#project(start));
    const losses = kept.map((rates) => this.#lossAt(rates));
    return kept[losses.indexOf(Math.min(...losses))]!;
  }

  descend(start: readonly number[]): Descent {
    let rates = [...start];
    let loss = this.#lossAt(rates);
    let length = FIRST_STEP;
    let iterations = 0;
    while (iterations < MAX_ITERATIONS && length > 1e-3) {
      iterations++;
      const slope = this.#gradient(rates, loss);
      const size = Math.hypot(...slope);
      if (!(size > 0)) break;
      const next = this.#project(rates.map((rate, k) => rate - (length * slope[k]!) / size));
      const lower = this.#lossAt(next);
      if (lower < loss - TOLERANCE) {
        [rates, loss] = [next, lower];
        length *= 1.3;
      } else length /= 2;
    }
    return { rates, loss, iterations };
  }

  /** Nearest rates that keep the bounds. */
  #project(rates: readonly number[]): number[] {
    const { low, high, monotone } = this.bounds;
    const shaped = monotone ? isotonicFall(rates) : rates;
    return shaped.map((rate) => Math.min(high, Math.max(low, rate)));
  }

  #gradient(rates: readonly number[], loss: number): number[] {
    return rates.map((rate, k) => {
      const by = rate + NUDGE <= this.bounds.high ? NUDGE : -NUDGE;
      return (this.#lossAt(rates.with(k, Math.max(0, rate + by))) - loss) / by;
    });
  }

  /** Expected loss at the last step. */
  #lossAt(rates: readonly number[]): number {
    const { peakLr } = this.fitted.path;
    const other = withAhead(this.fitted, { steps: this.steps, lrs: rates.map((rate) => rate * peakLr) }).value;
    if (other === null) return Number.POSITIVE_INFINITY;
    const law = lawById(other.lawId)!;
    const out = new Float64Array(1);
    law.predict(other.theta, law.prepare(other.path, Float64Array.of(other.finalStep), other.settings), out);
    return out[0]!;
  }
}
