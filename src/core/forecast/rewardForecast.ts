import { fitLaw, type LawFit } from '../fit/fitLaw';
import { varianceAlong } from '../fit/normalEquations';
import { type Posterior, posteriorOf } from '../fit/posterior';
import { FLAT_PATH } from '../fit/prepare';
import { prepareRising, type RisingCurve } from '../fit/prepareRising';
import { robustSd } from '../fit/robust';
import { sigmoid } from '../laws/sigmoid';
import { curveGrid } from './curveGrid';
import { smoothNoise } from './finalLoss';
import type { Estimate, Forecast, ForecastInput, Refusal } from './forecast';
import { MIN_BINS, MIN_POINTS, refusal, seenOf } from './health';
import { lossFunctionOf, notesOn, OPTIMIZER, paramEstimates, residualsOf } from './report';

/** Half-widths of the 80 % and 95 % intervals: heavier tails than a normal distribution's. */
const WIDTHS = { of80: 1.28, of95: 2.2 };

/** Share of the gain still to come by which a sigmoid errs beyond its parameters. */
const LAW_ERROR = 0.2;

/** An 80 % interval that reaches further than what the run has gained so far says nothing. */
const WIDE = 1;

/** One that reaches this many times as far is no estimate at all. */
const BOUNDLESS = 4;

/**
 * Forecasts a quantity that rises, such as a reward or a pass rate, by a sigmoid over the logarithm of the steps; noise and
 * intervals are additive and values may have any sign. `refused` tells `why` the sigmoid is used, or why there is no forecast. `undefined` when
 * the series does not rise or has fewer than 5 usable points.
 */
export function rewardForecast(input: ForecastInput, why: Refusal | null): Forecast | undefined {
  const rising = prepareRising(input.steps, input.losses);
  const tooFew = rising.pointsUsed < MIN_POINTS || rising.curve.steps.length < MIN_BINS;
  if (tooFew || !rising.isRising || !(input.finalStep > 0)) return undefined;
  const fit = fitLaw(sigmoid, [rising.curve], { priors: sigmoid.priors });
  if (!Number.isFinite(fit.cost)) return undefined;
  const posterior = posteriorOf(fit);
  const smooth = smoothNoise(input, rising.noise);
  const newest = rising.curve.steps[rising.curve.steps.length - 1]!;
  const [finalLoss] = estimatesAt({ fit, posterior, smooth, newest }, Float64Array.of(input.finalStep));
  const reach = (finalLoss!.interval80[1] - finalLoss!.value) / rising.range;
  const isWide = !(reach <= WIDE);
  const ahead = sigmoid.prepare(FLAT_PATH, Float64Array.of(newest, input.finalStep), []);
  return {
    lawId: sigmoid.id,
    finalStep: input.finalStep,
    finalLoss: reach <= BOUNDLESS ? finalLoss! : null,
    refused: isWide
      ? refusal('wideInterval', 'The end is too uncertain to be of use yet: wait for more of the run.')
      : why,
    seen: seenOf(input),
    params: paramEstimates(fit, posterior),
    remaining: { fromMoreSteps: sigmoid.remaining(fit.theta, ahead, [0, 1]).progress, fromLowerLr: 0 },
    curve: curveOf({ fit, posterior, smooth, newest }, input),
    report: reportOf(fit, posterior, rising),
  };
}

interface Fitted {
  readonly fit: LawFit;
  readonly posterior: Posterior;
  /** Noise of the smoothed value. */
  readonly smooth: number;
  readonly newest: number;
}

function estimatesAt({ fit, posterior, smooth, newest }: Fitted, steps: Float64Array): Estimate[] {
  const { theta, u, problem } = fit;
  const size = theta.length;
  const input = sigmoid.prepare(FLAT_PATH, Float64Array.of(...steps, newest), []);
  const values = new Float64Array(input.rows);
  const jacobian = new Float64Array(input.rows * size);
  sigmoid.predict(theta, input, values);
  sigmoid.jacobian(theta, input, jacobian);
  return Array.from(steps, (step, i) => {
    const gradient = jacobian.subarray(i * size, (i + 1) * size).map((d, a) => d * problem.transforms[a]!.slope(u[a]!));
    const ahead = step > newest ? LAW_ERROR * (values[i]! - values[steps.length]!) : 0;
    const sd = Math.sqrt(varianceAlong(gradient, posterior.covariance) + ahead ** 2 + smooth ** 2);
    const around = (width: number): [number, number] => [values[i]! - width * sd, values[i]! + width * sd];
    return { value: values[i]!, interval80: around(WIDTHS.of80), interval95: around(WIDTHS.of95) };
  });
}

function curveOf(fitted: Fitted, { finalStep }: ForecastInput): Forecast['curve'] {
  const grid = curveGrid(FLAT_PATH, Math.ceil(fitted.fit.problem.curves[0]!.steps[0]!), finalStep);
  const nodes = estimatesAt(fitted, grid);
  return {
    steps: Array.from(grid),
    values: nodes.map(({ value }) => value),
    low80: nodes.map(({ interval80 }) => interval80[0]),
    high80: nodes.map(({ interval80 }) => interval80[1]),
    low95: nodes.map(({ interval95 }) => interval95[0]),
    high95: nodes.map(({ interval95 }) => interval95[1]),
  };
}

function reportOf(fit: LawFit, posterior: Posterior, { curve, noise, pointsUsed, notFinite }: RisingCurve) {
  const residuals = residualsOf(fit);
  return {
    pointsUsed,
    pointsLeftOut: notFinite > 0 ? [{ reason: 'not finite', count: notFinite }] : [],
    bins: curve.steps.length,
    lossFunction: lossFunctionOf(sigmoid),
    optimizer: OPTIMIZER,
    iterations: fit.iterations,
    starts: fit.starts,
    converged: fit.converged,
    residualSd: robustSd(residuals, 0),
    pointNoise: noise,
    residuals: { steps: Array.from(curve.steps), values: residuals },
    learntFrom: [],
    notes: notesOn(fit, posterior, 'own'),
  };
}
