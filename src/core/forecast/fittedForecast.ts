import { varianceAlong } from '../fit/normalEquations';
import { transformFor } from '../fit/transform';
import type { LawId, Remaining } from '../laws/law';
import { type LrPath, traceLr } from '../laws/lrPath';
import { lawById } from '../laws/registry';
import type { LrCurve } from '../plan/lrCurve';

/** Error of a law beyond what its parameters leave open. */
export interface LawError {
  /** Share of the fall that comes from a lower learning rate. */
  readonly annealing: number;
  /** Share of the fall that comes from more steps. */
  readonly progress: number;
  /** Relative error at the planned end even if nothing is left to fall: runs wander about their law. */
  readonly floor: number;
}

/** Half-widths of the 80 % and 95 % intervals in standard deviations. */
export interface HalfWidths {
  readonly of80: number;
  readonly of95: number;
}

/**
 * The earlier runs a prior rests on: of the same model, of the same project, public ones; `own` for a law with one prior.
 */
export type PriorBasis = 'model' | 'project' | 'public' | 'own';

/**
 * What decides how heavy the tails of the errors are: whether a forecast leans on public runs or on the user's own ones, and
 * whether the noise of the points hides the shape of the curve, as single batches do.
 */
export type Regime = `${'public' | 'own'}${'' | 'Noisy'}`;

/**
 * A law fitted to a run, with what the fit leaves open: enough to say what the loss would be under another learning rate.
 * Plain data: it crosses threads.
 */
export interface FittedForecast {
  readonly lawId: LawId;
  /** Parameters in the order of the law's `params`, and the fixed constants in the order of its `settings`. */
  readonly theta: Float64Array;
  readonly settings: readonly number[];
  /** Covariance of the parameters in their unbounded coordinates (`transformFor`): params × params, row-major. */
  readonly covariance: Float64Array;
  /** Whether each parameter is held by a prior rather than by the run. */
  readonly held: readonly boolean[];
  /** The learning rate that was fitted, observed and planned. */
  readonly path: LrPath;
  /** Newest step of the log: a what-if changes the rate after it only. */
  readonly lastSeen: number;
  /** Oldest step the fit used: before, the law does not describe the run. */
  readonly oldest: number;
  /** Newest step the fit used; the error of the law grows with what falls after it. */
  readonly newest: number;
  readonly finalStep: number;
  /** Relative noise of the smoothed final loss. */
  readonly smoothNoise: number;
  readonly lawError: LawError;
  /** Half-widths of the 80 % and 95 % intervals, in multiples of `relativeSd`. */
  readonly halfWidths: HalfWidths;
  /** What of them comes from a far horizon and from a run that is unlike those of its prior, from 1. */
  readonly stretch: number;
  /** Which earlier runs hold what the run itself does not determine. */
  readonly basis: PriorBasis;
  /** What the half-widths were learnt from. */
  readonly regime: Regime;
}

/** Expected loss at some steps with its uncertainty and its derivatives. Equal lengths. */
export interface FittedBand {
  readonly steps: Float64Array;
  /** Nats. */
  readonly values: Float64Array;
  /** Standard deviation of the smoothed loss about `values`, relative to them. */
  readonly relativeSd: Float64Array;
  /** d ln(value) / d coordinate: steps × params, row-major. `gradient^T · covariance · gradient` is the variance of ln. */
  readonly gradients: Float64Array;
  /** What falls between the newest step used and each step, by cause; nats, zero for steps before it. */
  readonly remaining: readonly Remaining[];
}

/** Expected difference of two losses, nats, with its standard deviation; what both share cancels. */
export interface Difference {
  readonly value: number;
  readonly sd: number;
}

/**
 * The learning rate `lr` in the units `fitted` was fitted in, so that it can be evaluated under it. `lr` must equal the
 * fitted curve up to `lastSeen`. `undefined` when the curve has no usable rate up to there.
 */
export function whatIfPath(fitted: FittedForecast, lr: LrCurve): LrPath | undefined {
  return traceLr(lr, fitted.lastSeen);
}

/**
 * The fitted law at `steps` (any order) under `path`, its own unless given. The uncertainty holds the posterior by the
 * delta method, the error of the law in proportion to what falls after the newest step, and the noise of the smoothed
 * loss. Empty `steps` give empty columns. O(nodes + steps · log nodes).
 */
export function evaluateFitted(fitted: FittedForecast, steps: Float64Array, path: LrPath = fitted.path): FittedBand {
  const { theta, covariance, newest, smoothNoise, lawError } = fitted;
  const law = lawById(fitted.lawId)!;
  const size = theta.length;
  const input = law.prepare(path, Float64Array.of(...steps, newest), fitted.settings);
  const values = new Float64Array(input.rows);
  const gradients = new Float64Array(input.rows * size);
  law.predict(theta, input, values);
  law.jacobian(theta, input, gradients);
  const slopes = theta.map((value, a) => {
    const transform = transformFor(law.params[a]!);
    return transform.slope(transform.toFree(value));
  });
  for (let i = 0; i < gradients.length; i++) {
    gradients[i] = (gradients[i]! * slopes[i % size]!) / values[Math.floor(i / size)]!;
  }
  const remaining = Array.from(steps, (step, i) =>
    step > newest ? law.remaining(theta, input, [steps.length, i]) : { progress: 0, annealing: 0 },
  );
  // Where the run stands now is seen: what it wanders by grows from there, its variance in proportion to the steps.
  const wandered = (step: number): number =>
    Math.min(1, Math.max(0, (step - newest) / Math.max(1, fitted.finalStep - newest)));
  const relativeSd = steps.map((_, i) => {
    const { progress, annealing } = remaining[i]!;
    const spread = varianceAlong(gradients.subarray(i * size, (i + 1) * size), covariance);
    const law2 = (lawError.progress * progress) ** 2 + (lawError.annealing * annealing) ** 2;
    return Math.sqrt(spread + law2 / values[i]! ** 2 + smoothNoise ** 2 + wandered(steps[i]!) * lawError.floor ** 2);
  });
  const rows = steps.length;
  return { steps, values: values.slice(0, rows), relativeSd, gradients: gradients.slice(0, rows * size), remaining };
}

/**
 * Loss of row `i` of `a` minus loss of row `j` of `b`, both of the same fit: shared parameters cancel, the error of the
 * law counts in proportion to how much the two falls differ. `sd` is in nats.
 */
export function differenceOf(
  { covariance, lawError }: FittedForecast,
  [a, i]: readonly [FittedBand, number],
  [b, j]: readonly [FittedBand, number],
): Difference {
  const size = Math.sqrt(covariance.length);
  const gradient = Float64Array.from({ length: size }, (_, k) => {
    return a.values[i]! * a.gradients[i * size + k]! - b.values[j]! * b.gradients[j * size + k]!;
  });
  const progress = a.remaining[i]!.progress - b.remaining[j]!.progress;
  const annealing = a.remaining[i]!.annealing - b.remaining[j]!.annealing;
  const law2 = (lawError.progress * progress) ** 2 + (lawError.annealing * annealing) ** 2;
  return { value: a.values[i]! - b.values[j]!, sd: Math.sqrt(varianceAlong(gradient, covariance) + law2) };
}
