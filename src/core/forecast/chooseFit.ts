import { choleskyFactor } from '../fit/cholesky';
import type { LawFit } from '../fit/fitLaw';
import type { FitCurve } from '../fit/problem';
import { fitShared, type SharedFit } from '../fit/sharedShape';
import { finalProgressOf } from '../laws/generalisedAnnealing';
import type { Law } from '../laws/law';
import { CONSTANTS, type Constants, constantsOf, priorTermsOf, RELEASE_VARIANCE } from '../prior/constants';
import { type FittedRun, nearestRuns, priorFrom } from '../prior/memory';
import { SHIPPED_PRIOR } from '../prior/shippedPrior';
import type { PriorBasis } from './fittedForecast';
import type { ForecastOptions } from './options';

/** A fit with what it leaves open, and the earlier runs it leans on. */
export interface ChosenFit extends SharedFit {
  readonly basis: PriorBasis;
  /** Names of the earlier runs of the user that the prior rests on. */
  readonly learntFrom: readonly string[];
  /** How many of them have seen what a decay releases: only those make a forecast surer than public runs do. */
  readonly decaysSeen: number;
}

/** Log odds of a basis before the run has said anything: what a user calls the same model mostly is. */
const LOG_ODDS: Readonly<Record<PriorBasis, number>> = { model: 0, project: -1.5, public: -3, own: 0 };

/**
 * Fits `law` to a curve, and to a companion that lends it its shape (`fitShared`), with the prior that describes the run best: that of earlier runs of the same model, of the same
 * project, or of public runs. Each is weighed by the probability it gives the data (Laplace's approximation), so that a
 * run which is not like its namesakes leaves them, and one that strains the prior of public runs gets a wider one. Other laws have one prior: the caller's or their own.
 * Source: MacKay 1992, doi 10.1162/neco.1992.4.3.415, section 4.
 */
export function chooseFit(
  law: Law,
  curves: readonly [FitCurve, FitCurve | undefined],
  options: ForecastOptions,
): ChosenFit {
  const given = options.priors?.[law.id];
  if (given !== undefined || law.id !== 'generalisedAnnealing') {
    const priors = given ?? law.priors;
    // Where priors hold all but the level, the first start finds the minimum.
    const isHeld = priors.length >= law.params.length - 1;
    const shared = fitShared(law, curves, { priors, ...(isHeld ? { starts: 1 } : {}) });
    return { ...shared, basis: 'own', learntFrom: [], decaysSeen: 0 };
  }
  let best: (ChosenFit & { readonly evidence: number }) | undefined;
  const list = candidates(curves[0], options);
  for (const { prior, logOdds, ...from } of list) {
    const shared = fitShared(law, curves, { priors: priorTermsOf(prior), starts: 1 });
    const { fit, posterior } = shared;
    const evidence = logOdds + logEvidence(fit, constantsOf(fit, posterior), prior);
    if (best === undefined || evidence > best.evidence) best = { ...shared, ...from, evidence };
    const isPlain = from.basis === 'public' && logOdds === LOG_ODDS.public;
    if (isPlain && strainOf(fit) > LEAST_STRAIN) list.push(unlike(prior));
  }
  return best!;
}

/**
 * Log odds that an earlier model is that of a run which does not say what it is, shared by all that could be. The public
 * prior leaves the level free, by which a level that agrees by chance gains e^4 more than it should: models differ by about
 * 0.4 nats.
 */
const GUESS_LOG_ODDS = -5;

/** Earlier models that are tried on a run which does not say what it is: each costs a fit. */
const MAX_GUESSES = 8;

/** One run in four or so is unlike the public ones: its constants lie about twice as far out. The level is free anyway. */
const UNLIKE_LOG_ODDS = -1;
const UNLIKE_FACTOR = 2;

/** Half the squared distance of a fit from the centre of its prior below which a wider one cannot be the better. */
const LEAST_STRAIN = 1;

/** Half the squared distance of a fit from the centre of its prior, in standard deviations of the prior. */
export function strainOf({ problem, u }: LawFit): number {
  const residuals = new Float64Array(problem.rows);
  problem.residuals(u, residuals);
  return residuals.subarray(problem.dataRows).reduce((sum, value) => sum + value ** 2 / 2, 0);
}

function unlike({ mean, covariance }: Constants): Candidate {
  const factor = (a: number): number => (a < CONSTANTS - 1 ? UNLIKE_FACTOR : 1);
  const wide = covariance.map((value, at) => value * factor(Math.floor(at / CONSTANTS)) * factor(at % CONSTANTS));
  return {
    basis: 'public',
    prior: { mean, covariance: wide },
    logOdds: LOG_ODDS.public + UNLIKE_LOG_ODDS,
    learntFrom: [],
    decaysSeen: 0,
  };
}

interface Candidate extends Pick<ChosenFit, 'basis' | 'learntFrom' | 'decaysSeen'> {
  readonly prior: Constants;
  readonly logOdds: number;
}

/** A run that knows the logarithm of its release no better than this has seen no decay to speak of. */
const RELEASE_KNOWN = 0.4;

function knowsRelease({ covariance }: FittedRun): boolean {
  return covariance[RELEASE_VARIANCE]! < RELEASE_KNOWN ** 2;
}

function candidates(curve: FitCurve, { history = [], model, general = SHIPPED_PRIOR }: ForecastOptions): Candidate[] {
  const newest = curve.targets[curve.targets.length - 1];
  const facts = { peakLr: curve.path.peakLr, ...(newest === undefined ? {} : { level: Math.exp(newest) }) };
  const candidate = (basis: PriorBasis, runs: readonly FittedRun[], name?: string, logOdds = LOG_ODDS[basis]) => {
    const own = name === undefined ? facts : { ...facts, model: name };
    const nearest = nearestRuns(name === undefined ? runs : runs.filter((run) => run.model === name), own);
    return {
      basis,
      prior: priorFrom(runs, own, general),
      logOdds,
      learntFrom: nearest.map((run) => run.name),
      decaysSeen: nearest.filter(knowsRelease).length,
    };
  };
  const known = [...new Set(history.flatMap((run) => run.model ?? []))].sort();
  const list: Candidate[] = [];
  if (model !== undefined && known.includes(model)) list.push(candidate('model', history, model));
  if (model === undefined) {
    const guesses = known.slice(0, MAX_GUESSES);
    const logOdds = GUESS_LOG_ODDS - Math.log(guesses.length);
    list.push(...guesses.map((name) => candidate('model', history, name, logOdds)));
  }
  if (history.length > 0) list.push(candidate('project', history.map(withoutModel)));
  const prior = priorFrom([], { ...facts, finalProgress: finalProgressOf(curve.path) }, general);
  list.push({ basis: 'public', prior, logOdds: LOG_ODDS.public, learntFrom: [], decaysSeen: 0 });
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
