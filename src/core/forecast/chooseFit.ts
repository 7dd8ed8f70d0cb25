import { choleskyFactor } from '../fit/cholesky';
import { fitLaw, type LawFit } from '../fit/fitLaw';
import { type Posterior, posteriorOf } from '../fit/posterior';
import type { FitCurve } from '../fit/problem';
import type { Law } from '../laws/law';
import { CONSTANTS, type Constants, constantsOf, priorTermsOf } from '../prior/constants';
import { type FittedRun, priorFrom } from '../prior/memory';
import { SHIPPED_PRIOR } from '../prior/shippedPrior';
import type { PriorBasis } from './fittedForecast';
import type { ForecastOptions } from './options';

/** A fit with what it leaves open, and the earlier runs it leans on. */
export interface ChosenFit {
  readonly fit: LawFit;
  readonly posterior: Posterior;
  readonly basis: PriorBasis;
}

/** Log odds of a basis before the run has said anything: what a user calls the same model mostly is. */
const LOG_ODDS: Readonly<Record<PriorBasis, number>> = { model: 0, project: -1.5, public: -3, own: 0 };

/**
 * Fits `law` to `curve` with the prior that describes the run best: that of earlier runs of the same model, of the same
 * project, or of public runs. Each is weighed by the probability it gives the data (Laplace's approximation), so that a
 * run which is not like its namesakes leaves them. Other laws have one prior: the caller's or their own.
 * Source: MacKay 1992, doi 10.1162/neco.1992.4.3.415, section 4.
 */
export function chooseFit(law: Law, curve: FitCurve, options: ForecastOptions): ChosenFit {
  const given = options.priors?.[law.id];
  if (given !== undefined || law.id !== 'generalisedAnnealing') {
    const fit = fitLaw(law, [curve], { priors: given ?? law.priors });
    return { fit, posterior: posteriorOf(fit), basis: 'own' };
  }
  let best: (ChosenFit & { readonly evidence: number }) | undefined;
  for (const [basis, prior] of candidates(curve, options)) {
    const fit = fitLaw(law, [curve], { priors: priorTermsOf(prior), starts: 1 });
    const posterior = posteriorOf(fit);
    const evidence = LOG_ODDS[basis] + logEvidence(fit, constantsOf(fit, posterior), prior);
    if (best === undefined || evidence > best.evidence) best = { fit, posterior, basis, evidence };
  }
  return best!;
}

function candidates(
  curve: FitCurve,
  { history = [], model, general = SHIPPED_PRIOR }: ForecastOptions,
): [PriorBasis, Constants][] {
  const facts = { peakLr: curve.path.peakLr };
  const list: [PriorBasis, Constants][] = [];
  if (model !== undefined && history.some((run) => run.model === model)) {
    list.push(['model', priorFrom(history, { ...facts, model }, general)]);
  }
  if (history.length > 0) list.push(['project', priorFrom(history.map(withoutModel), facts, general)]);
  list.push(['public', priorFrom([], facts, general)]);
  return list;
}

function withoutModel({ name, mean, covariance, peakLr }: FittedRun): FittedRun {
  return { name, mean, covariance, peakLr };
}

/** Logarithm of the probability of the data, up to a constant that all priors share. */
function logEvidence({ cost }: LawFit, after: Constants, before: Constants): number {
  return -cost + 0.5 * (logDeterminant(after.covariance) - logDeterminant(before.covariance));
}

function logDeterminant(matrix: readonly number[]): number {
  const factor = choleskyFactor(matrix, CONSTANTS);
  if (factor === undefined) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let a = 0; a < CONSTANTS; a++) sum += 2 * Math.log(factor[a * (CONSTANTS + 1)]!);
  return sum;
}
