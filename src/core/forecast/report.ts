import type { LawFit } from '../fit/fitLaw';
import type { Posterior } from '../fit/posterior';
import type { PreparedCurve } from '../fit/prepare';
import { median, robustSd } from '../fit/robust';
import type { SharedFit } from '../fit/sharedShape';
import type { Law } from '../laws/law';
import type { PriorBasis } from './fittedForecast';
import type { FitReport, ParamEstimate } from './forecast';

/** 95 % of a normal distribution lie within this many standard deviations. */
const NORMAL_95 = 1.959963984540054;

/** Correlation of neighbouring residuals from which a reader is told that intervals were widened. */
const NOTABLE_CORRELATION = 0.3;

/** What a report is made from: the data alone, or with the fit. */
export interface ReportSource {
  readonly prepared: PreparedCurve;
  readonly fit?: LawFit;
  readonly posterior?: Posterior;
  readonly companion?: SharedFit['companion'];
  readonly beside?: PreparedCurve | undefined;
  readonly basis?: PriorBasis;
  readonly learntFrom?: readonly string[];
}

/** How a fit is made, in words. */
export const OPTIMIZER = 'Levenberg-Marquardt with exact derivatives';

/** What a fit of `law` makes small, in words. */
export function lossFunctionOf(law?: Law): string {
  const what = law?.rises ? 'binned value' : 'logarithm of the binned loss';
  return `Huber on the ${what}, weighted by the noise of each bin`;
}

/** The parameters of a fit with 95 % intervals, which respect the bounds of each parameter. */
export function paramEstimates({ law, u, theta, problem }: LawFit, posterior: Posterior): ParamEstimate[] {
  return law.params.map(({ name, unit, meaning }, a) => {
    const reach = NORMAL_95 * Math.sqrt(posterior.covariance[a * theta.length + a]!);
    const bound = (u: number): number => problem.transforms[a]!.toBounded(u);
    const identified = posterior.identified[a]!;
    return { name, value: theta[a]!, low: bound(u[a]! - reach), high: bound(u[a]! + reach), unit, meaning, identified };
  });
}

/** The report of a fit; without one it tells of the data only, with no iterations and no residuals. */
export function fitReport(source: ReportSource): FitReport {
  const { prepared, fit, posterior, basis, learntFrom = [] } = source;
  const { bins, pointsUsed, leftOut } = prepared;
  const typical = bins.logLosses.length > 0 ? Math.exp(median(bins.logLosses)) : Number.NaN;
  const residuals = fit === undefined ? [] : residualsOf(fit);
  return {
    pointsUsed,
    pointsLeftOut: leftOut,
    bins: bins.steps.length,
    lossFunction: lossFunctionOf(fit?.law),
    optimizer: OPTIMIZER,
    iterations: fit?.iterations ?? 0,
    starts: fit?.starts ?? 0,
    converged: fit?.converged ?? false,
    residualSd: residuals.length > 0 ? robustSd(residuals, 0) : 0,
    pointNoise: Number.isFinite(typical) ? bins.pointNoise * typical : 0,
    residuals: { steps: residuals.length > 0 ? Array.from(bins.steps) : [], values: residuals },
    learntFrom,
    notes: [
      ...companionNote(source),
      ...(fit === undefined || posterior === undefined ? [] : notesOn(fit, posterior, basis ?? 'own')),
    ],
  };
}

/** That another series of the run has lent its shape, and how far apart they lie. */
function companionNote({ beside, companion }: ReportSource): string[] {
  if (beside === undefined || companion === undefined || companion === null) return [];
  const side = companion.offset < 0 ? 'below' : 'above';
  const size = Math.abs(companion.offset).toPrecision(3);
  return [
    `Few points: ${beside.pointsUsed} points of the training loss give the shape of the curve, fitted together with its level as an offset (${size} nats ${side} this series).`,
  ];
}

/** Measured minus fitted value of each bin, in the unit of the series. */
export function residualsOf({ law, theta, problem }: LawFit): number[] {
  const [curve] = problem.curves;
  const fitted = new Float64Array(curve!.steps.length);
  law.predict(theta, problem.inputs[0]!, fitted);
  return Array.from(fitted, (value, i) => (law.rises ? curve!.targets[i]! : Math.exp(curve!.targets[i]!)) - value);
}

/** Where typical values come from, in words. */
const BASIS: Readonly<Record<PriorBasis, string>> = {
  model: 'your earlier runs of this model',
  project: 'your earlier runs of this project',
  public: 'public runs',
  own: 'earlier runs',
};

/** What a reader should know of a fit: fixed constants, parameters held by a prior, correlated residuals, no convergence. */
export function notesOn(
  { law, settings, converged }: LawFit,
  { identified, correlation }: Posterior,
  basis: PriorBasis,
): string[] {
  const notes = law.settings.map((setting, k) => `${setting.name} is fixed at ${settings[k]} (${setting.meaning}).`);
  const held = law.params.filter((_, a) => !identified[a]).map((param) => param.name);
  if (held.length > 0) {
    notes.push(`The run does not determine ${held.join(', ')} yet: typical values of ${BASIS[basis]} hold them.`);
  }
  if (correlation >= NOTABLE_CORRELATION) {
    notes.push(
      `Neighbouring residuals are alike (correlation ${correlation.toFixed(2)}): intervals are widened for it.`,
    );
  }
  if (!converged) notes.push('The search stopped at its limit before it settled.');
  return notes;
}
