import type { FittedForecast } from '../../../src/core/forecast/fittedForecast';
import type { ForecastInput } from '../../../src/core/forecast/forecast';
import { fitForecast } from '../../../src/core/forecast/predict';
import { generalisedAnnealing } from '../../../src/core/laws/generalisedAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import type { LrCurve } from '../../../src/core/plan/lrCurve';
import { normals } from '../fit/random';

export const TOTAL = 20_000;
export const PEAK = 6e-4;
export const LR: LrCurve = { steps: Float64Array.of(0, 400, 15_000, TOTAL), lrs: Float64Array.of(0, PEAK, PEAK, 0) };

/** L0, R, alpha, B, C: near the middle of the shipped prior. */
export const TRUTH = Float64Array.of(2.8, 0.75, 0.5, 0.2, 0.13);

/** Loss of the law at `steps` under a learning rate. */
export function truthAt(steps: ArrayLike<number>, lr: LrCurve = LR, theta = TRUTH): Float64Array {
  const losses = new Float64Array(steps.length);
  const path = traceLr(lr, 400)!;
  generalisedAnnealing.predict(theta, generalisedAnnealing.prepare(path, Float64Array.from(steps), []), losses);
  return losses;
}

/** A run that obeys the law, logged every 20 steps up to `until`. */
export function madeRun(until: number, seed = 1, theta = TRUTH): ForecastInput {
  const steps = Float64Array.from({ length: Math.floor(until / 20) }, (_, i) => 20 * (i + 1));
  const errors = normals(steps.length, seed);
  const losses = truthAt(steps, LR, theta).map((loss, i) => loss * (1 + 0.003 * errors[i]!));
  return { steps, losses, lr: LR, finalStep: TOTAL, seed: 1 };
}

/** The fit of such a run. */
export function madeFit(until: number, seed = 1, theta = TRUTH): FittedForecast {
  return fitForecast(madeRun(until, seed, theta)).fitted!;
}
