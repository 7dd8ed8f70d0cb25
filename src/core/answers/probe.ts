import { varianceAlong } from '../fit/normalEquations';
import { evaluateFitted, type FittedForecast } from '../forecast/fittedForecast';
import { rateAt } from '../laws/lrPath';
import { linearShape } from '../plan/shapes';
import { fallAhead, knowsRate, withAhead } from './ahead';
import { type Answer, answered, declined } from './answer';

/** What a short decay on a branch would tell. */
export interface Probe {
  /** Steps the branch takes, and that as a share of the plan. */
  readonly steps: number;
  readonly cost: number;
  /** Half-width of the 80 % interval of the final loss now and expected after the probe, relative to the loss. */
  readonly before: number;
  readonly after: number;
}

/** Length of a probe as a share of the steps so far, and its bounds in steps. */
const SHARE = 0.03;
const SHORTEST = 100;

/** A rate below this share of the peak has begun to fall: the run itself tells what a decay does. */
const FALLEN = 0.95;

/**
 * How much narrower the forecast is expected to become by a probe: a branch from a checkpoint of now whose learning rate
 * falls straight to zero over 3 % of the steps so far (`steps` unless given), of which only the end is used. The
 * posterior is conditioned on one loss at that end, known as well as the final loss of the run would be and as the law
 * describes it (linear-Gaussian, as the intervals are). Refused without a learning rate, once the decay has begun, and
 * when the probe would be longer than the rest of the run.
 */
export function probe(fitted: FittedForecast, steps?: number): Answer<Probe> {
  const { lastSeen, finalStep, path, covariance, halfWidths, lawError, smoothNoise } = fitted;
  if (!knowsRate(fitted)) return declined('noLearningRate', 'The learning rate of the run is unknown.');
  if (lastSeen > path.warmupEnd && rateAt(path, lastSeen) < FALLEN) {
    return declined('decayBegun', 'The learning rate is falling already: the run itself tells.');
  }
  const length = Math.round(steps ?? Math.max(SHORTEST, SHARE * lastSeen));
  if (!(length > 0) || !(lastSeen + length < finalStep)) {
    return declined('badArgument', 'The probe is longer than the rest of the run.');
  }
  const branch = withAhead(
    fitted,
    fallAhead(fitted, { start: lastSeen, finalStep: lastSeen + length, lowest: 0, shape: linearShape }),
  );
  if (branch.value === null) return branch;
  const seen = evaluateFitted(branch.value, Float64Array.of(branch.value.finalStep));
  const end = evaluateFitted(fitted, Float64Array.of(finalStep));
  const { annealing, progress } = seen.remaining[0]!;
  const noise = Math.hypot(
    (lawError.annealing * annealing) / seen.values[0]!,
    (lawError.progress * progress) / seen.values[0]!,
    smoothNoise,
    lawError.floor,
  );
  const own = varianceAlong(end.gradients, covariance);
  const told = varianceAlong(seen.gradients, covariance);
  const cross = covarianceAlong(end.gradients, seen.gradients, covariance);
  const left = end.relativeSd[0]! ** 2 - own + Math.max(0, own - cross ** 2 / (told + noise ** 2));
  return answered({
    steps: length,
    cost: length / finalStep,
    before: halfWidths.of80 * end.relativeSd[0]!,
    after: halfWidths.of80 * Math.sqrt(left),
  });
}

function covarianceAlong(a: Float64Array, b: Float64Array, covariance: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      const product = a[i]! * b[j]!;
      if (product !== 0) sum += product * covariance[i * a.length + j]!;
    }
  }
  return sum;
}
