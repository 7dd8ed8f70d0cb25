import { estimateAt } from '../forecast/estimate';
import { evaluateFitted, type FittedForecast } from '../forecast/fittedForecast';
import type { Estimate } from '../forecast/forecast';
import { rateAt } from '../laws/lrPath';
import { cosineShape, linearShape, sqrtShape } from '../plan/shapes';
import { type Ahead, type Fall, fallAhead, knowsRate, withAhead } from './ahead';
import { type Answer, answered, declined } from './answer';
import { endDifference, type Gain, gainOf } from './whatIf';

/** Shapes of a decay that are compared. */
export const FALLS: Readonly<Record<'linear' | '1-sqrt' | 'cosine', Fall>> = {
  linear: linearShape,
  '1-sqrt': sqrtShape,
  cosine: cosineShape,
};

export type FallName = keyof typeof FALLS;

/** When to begin the decay. */
export interface DecayStart {
  readonly shape: FallName;
  /** Step at which the decay begins; the newest step means now. */
  readonly start: number;
  readonly ahead: Ahead;
  readonly finalLoss: Estimate;
  /** Final loss less that of the plan. */
  readonly gain: Gain;
  /** Starts whose final loss cannot be told from the best one's: within `FLAT` of it. */
  readonly flat: readonly [number, number];
  /** Start and expected final loss of every decay looked at. */
  readonly tried: readonly { readonly start: number; readonly finalLoss: number }[];
}

/** What the decay may look like. */
export interface DecayOptions {
  readonly shape?: FallName;
  /** Last step, the planned one unless given. */
  readonly finalStep?: number;
  /** Rate at the end, in the unit of the log; 0 unless given. */
  readonly lowest?: number;
}

/** Starts that are tried, even from now to the end. */
const STARTS = 48;

/** A rate below this share of the peak has begun to fall. */
const FALLEN = 0.95;

/** Differences of the final loss below this share do not matter: seeds differ by as much. */
const FLAT = 5e-4;

/**
 * When to begin the decay so that the loss at the end is lowest, for one shape, `linear` unless given. The answer leans on
 * how much loss a decay releases: before one has been seen that is what earlier runs say, and the interval of the gain
 * shows it. Refused without a learning rate, once the decay has begun (`decayBegun`), and when the plan is over.
 */
export function decayStart(fitted: FittedForecast, options: DecayOptions = {}): Answer<DecayStart> {
  const { path, lastSeen } = fitted;
  const { shape = 'linear', finalStep = fitted.finalStep, lowest = 0 } = options;
  if (!knowsRate(fitted)) return declined('noLearningRate', 'The learning rate of the run is unknown.');
  if (!(finalStep > lastSeen + 1)) return declined('planOver', 'The plan is over.');
  if (lastSeen > path.warmupEnd && rateAt(path, lastSeen) < FALLEN) {
    return declined('decayBegun', 'The learning rate is falling already.');
  }
  const options48 = Array.from({ length: STARTS }, (_, k) =>
    Math.round(lastSeen + (k * (finalStep - lastSeen)) / STARTS),
  );
  const tried = [...new Set(options48)].flatMap((start) => {
    const ahead = fallAhead(fitted, { start, finalStep, lowest, shape: FALLS[shape] });
    const { value } = withAhead(fitted, ahead);
    if (value === null) return [];
    const [finalLoss] = evaluateFitted(value, Float64Array.of(value.finalStep)).values;
    return [{ start, ahead, fitted: value, finalLoss: finalLoss! }];
  });
  if (tried.length === 0) return declined('badSchedule', 'No decay fits into the rest of the run.');
  const best = tried.reduce((least, each) => (each.finalLoss < least.finalLoss ? each : least));
  const alike = tried.filter(({ finalLoss }) => finalLoss <= best.finalLoss * (1 + FLAT));
  return answered({
    shape,
    start: best.start,
    ahead: best.ahead,
    finalLoss: estimateAt(best.fitted),
    gain: gainOf(fitted, endDifference(best.fitted, fitted)),
    flat: [alike[0]!.start, alike[alike.length - 1]!.start],
    tried: tried.map(({ start, finalLoss }) => ({ start, finalLoss })),
  });
}
