import { choleskyFactor, choleskySolve } from '../fit/cholesky';
import { logRateOf } from '../laws/adamwRate';
import { CONSTANTS, type Constants } from './constants';
import { type GeneralPrior, logSlopeAt } from './learnPrior';

/** What is known of a run when its prior is asked for. */
export interface RunFacts {
  /** Peak learning rate of the part seen, in the unit of the log. */
  readonly peakLr: number;
  /** Name of model and data: runs with the same name share their level. Unknown: a model of its own. */
  readonly model?: string;
  /** Progress U at the planned end, in units of 1000 steps at peak rate. */
  readonly finalProgress?: number;
  /** A loss of the run: tells whether it is counted in nats per token, as those of public runs are. */
  readonly level?: number;
}

/** An earlier run of the user: what a prior needs of it. Plain data, to be kept between sessions. */
export interface FittedRun extends Constants, RunFacts {
  readonly name: string;
}

/**
 * How far runs differ, standard deviations in the order of `CONSTANT_NAMES`; each adds to the one before. Same model and
 * learning rate, same model, same project.
 */
export const RUN_SPREAD = {
  run: [0.05, 0.03, 0.2, 0.06, 0.004],
  rate: [0.07, 0.07, 0.3, 0.07, 0.02],
  model: [0.12, 0.12, 0.5, 0.2, 0],
} as const;

/** Earlier runs beyond the most alike are left out: they add nothing and cost time. */
const MAX_HISTORY = 24;

/** Learning rates this close are the same. */
const SAME_RATE = 0.02;

/** The level of a model never seen: any. */
const UNKNOWN_LEVEL = { mean: 3, sd: 20 } as const;

/** Levels of the public runs, nats: beyond, losses are taken to be in another unit, such as bits per byte. */
const USUAL_LEVELS = [2.8, 5] as const;
const TYPICAL_LEVEL = 3.3;

/** Logarithm of the unit of a loss over nats per token, from its level: 0 for usual levels, without a jump at their ends. */
function logUnitOf(level: number): number {
  const beyond = Math.log(level / Math.min(USUAL_LEVELS[1], Math.max(USUAL_LEVELS[0], level)));
  const whole = Math.log(level / TYPICAL_LEVEL);
  return Math.abs(2 * beyond) < Math.abs(whole) ? 2 * beyond : whole;
}

/**
 * How well the sizes follow the level then: standard deviation over the logarithm of the scale. Bits per byte follow it, a
 * loss whose floor is near zero does not; but whatever the unit is, both sizes have it.
 */
const SCALE_SPREAD = 0.5;

/** Which constants are sizes, in the unit of the loss. */
const IS_SIZE = [false, true, false, true] as const;

/**
 * Prior of a run from public runs alone: by its learning rate where that is one of AdamW, else by the balance of noise and
 * progress at the planned end, where that is known. Sizes follow the level of the run where that is far from those of public
 * ones. The anchor is free.
 */
export function generalPriorOf(general: GeneralPrior, { peakLr, finalProgress, level = 3 }: RunFacts): Constants {
  const z = logRateOf(peakLr);
  const scale = logUnitOf(level);
  const { centre, spread } = z === undefined ? general.other : general.adamw;
  const sizes = centre.map((value, d) => value + (IS_SIZE[d] ? scale : 0));
  const mean = [...sizes.map((value, d) => value + general.perLogLr[d]! * (z ?? 0)), UNKNOWN_LEVEL.mean];
  const unit = (SCALE_SPREAD * scale) ** 2;
  const spreads = [...spread, UNKNOWN_LEVEL.sd];
  const covariance = spreads.flatMap((sd, a) =>
    spreads.map((_, b) => (a === b ? sd ** 2 : 0) + (IS_SIZE[a] && IS_SIZE[b] ? unit : 0)),
  );
  const prior = { mean, covariance };
  return z === undefined && finalProgress !== undefined ? balanced(prior, general, finalProgress) : prior;
}

/** Conditions `prior` on the balance of noise and progress, linear about its mean. */
function balanced({ mean, covariance }: Constants, { balance }: GeneralPrior, finalProgress: number): Constants {
  const gradient = [Math.exp(mean[0]!) * Math.log(finalProgress) - 1, 1, 0, -1, 0];
  const found = mean[1]! - logSlopeAt(mean, finalProgress);
  const links = mean.map((_, a) => gradient.reduce((sum, g, b) => sum + covariance[a * CONSTANTS + b]! * g, 0));
  const variance = balance.sd ** 2 + links.reduce((sum, link, a) => sum + link * gradient[a]!, 0);
  return {
    mean: mean.map((value, a) => value + (links[a]! / variance) * (balance.mean - found)),
    covariance: covariance.map((value, at) => {
      return value - (links[Math.floor(at / CONSTANTS)]! * links[at % CONSTANTS]!) / variance;
    }),
  };
}

/**
 * Prior of a run from public runs and from the user's earlier ones: the best linear prediction when the constants of all
 * runs are normal about the general prior, share what a project, a model and a learning rate have in common
 * (`RUN_SPREAD`), and are known as well as each run determined them. The nearest 24 runs count. Without history the
 * general prior. Runs whose constants are not finite are ignored. Source: Henderson 1975, doi 10.2307/2529430.
 */
export function priorFrom(history: readonly FittedRun[], facts: RunFacts, general: GeneralPrior): Constants {
  const runs = nearestRuns(history, facts);
  const own = generalPriorOf(general, facts);
  if (runs.length === 0) return own;
  const size = runs.length * CONSTANTS;
  const matrix = new Float64Array(size * size);
  const difference = new Float64Array(size);
  for (const [i, run] of runs.entries()) {
    const { mean } = generalPriorOf(general, { ...run, level: run.mean[CONSTANTS - 1]! });
    for (let a = 0; a < CONSTANTS; a++) {
      const row = i * CONSTANTS + a;
      difference[row] = run.mean[a]! - mean[a]!;
      for (const [j, other] of runs.entries()) {
        matrix[row * size + j * CONSTANTS + a] = shared(a, [run, other, i === j], own);
      }
      for (let b = 0; b < CONSTANTS; b++) {
        const at = row * size + i * CONSTANTS + b;
        matrix[at] = matrix[at]! + run.covariance[a * CONSTANTS + b]!;
      }
    }
  }
  const factor = choleskyFactor(matrix, size);
  if (factor === undefined) return own;
  const link = (a: number, row: number): number =>
    row % CONSTANTS === a ? shared(a, [facts, runs[Math.floor(row / CONSTANTS)]!, false], own) : 0;
  return condition(own, { factor, difference, link });
}

/** The 24 runs of `history` that are most like a run with `facts`, of those whose constants are finite; nearest first. */
export function nearestRuns(history: readonly FittedRun[], facts: RunFacts): FittedRun[] {
  const usable = history.filter(({ mean, covariance }) => [...mean, ...covariance].every(Number.isFinite));
  return usable.sort((a, b) => likeness(b, facts) - likeness(a, facts)).slice(0, MAX_HISTORY);
}

interface Evidence {
  /** Cholesky factor of the covariance of what was observed, and the observation less its mean. */
  readonly factor: Float64Array;
  readonly difference: Float64Array;
  /** Covariance of constant `a` of the new run with observation `row`. */
  link(a: number, row: number): number;
}

/** Conditions the prior `own` on the evidence. */
function condition(own: Constants, { factor, difference, link }: Evidence): Constants {
  const links = own.mean.map((_, a) => difference.map((_, row) => link(a, row)));
  const gains = links.map((row) => choleskySolve(factor, row));
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  const mean = own.mean.map((value, a) => value + dot(gains[a]!, difference));
  const covariance = own.covariance.map((value, at) => {
    return value - dot(gains[Math.floor(at / CONSTANTS)]!, links[at % CONSTANTS]!);
  });
  return { mean, covariance };
}

/** Share of what families differ in that the models of one project have in common. */
const PROJECT_SHARE = 0.5;

/** Covariance of constant `a` of two runs of one project. */
function shared(a: number, [run, other, isSame]: readonly [RunFacts, RunFacts, boolean], own: Constants): number {
  const ofRun = RUN_SPREAD.run[a]! ** 2;
  const ofRate = RUN_SPREAD.rate[a]! ** 2;
  const ofModel = Math.max(0, own.covariance[a * (CONSTANTS + 1)]! - ofRun - ofRate);
  // The level says nothing of another model, whose data may differ.
  const ofProject = a === CONSTANTS - 1 ? 0 : PROJECT_SHARE * Math.max(0, ofModel - RUN_SPREAD.model[a]! ** 2);
  if (!isSame && (run.model === undefined || run.model !== other.model)) return ofProject;
  if (!isSame && !isSameRate(run, other)) return ofModel;
  return ofModel + ofRate + (isSame ? ofRun : 0);
}

function isSameRate(run: RunFacts, other: RunFacts): boolean {
  return Math.abs(Math.log(run.peakLr / other.peakLr)) < SAME_RATE;
}

/** 2 for the same model and rate, 1 for the same model. */
function likeness(run: RunFacts, facts: RunFacts): number {
  if (run.model === undefined || run.model !== facts.model) return 0;
  return isSameRate(run, facts) ? 2 : 1;
}
