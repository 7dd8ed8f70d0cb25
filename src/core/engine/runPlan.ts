import type { PlanFacts, SeriesName, Sourced, StepUnit } from '../model';
import { planFromConfig } from '../plan/fromConfig';
import { inferSchedule } from '../plan/infer';
import { buildLrCurve, type LrCurve } from '../plan/lrCurve';
import { PLAN_KEYS, type Plan, type PlanPart, type Schedule } from '../plan/plan';
import { resolvePlan } from '../plan/resolve';
import type { FileLog, StatedFacts } from '../series/fileLog';
import { type Span, samplePoints, spansUntil } from '../series/series';
import type { RunSettings } from './runSettings';

/** The plan of a run with the learning rate of every step, as far as it can be told. */
export interface RunPlan {
  readonly plan: Plan;
  readonly schedule: Schedule | null;
  readonly lrCurve: LrCurve | null;
  readonly missing: readonly ('totalSteps' | 'learningRate')[];
  readonly conflicts: readonly string[];
}

/** What to plan differently from what is known of the run. */
export interface PlanOptions {
  /** Learning rates after this step are not known yet. */
  readonly until?: number | undefined;
  /** Planned steps, as if the user had said so. */
  readonly totalSteps?: number | undefined;
}

/** What a plan is made from: a run, or anything that knows as much. */
export interface PlanSubject {
  readonly structure: number;
  readonly stepUnit: StepUnit;
  readonly userFacts: PlanFacts | null;
  readonly logs: readonly FileLog[];
  spans(name: SeriesName): Span[];
  countOf(name: SeriesName): number;
  facts(): StatedFacts;
  /** What it was started with, and what the training code says. */
  readonly settings: RunSettings;
}

/** Learning rates that a plan is read off at most: corners are then right to a ten-thousandth of the run. */
const MAX_RATES = 8192;

/** What a plan is made from, as plain data: made here, solved anywhere. */
export interface PlanTask {
  readonly observed: { readonly steps: Float64Array; readonly lrs: Float64Array };
  readonly user: PlanPart;
  readonly log: PlanPart;
  readonly config: PlanPart;
  readonly code: PlanPart;
}

/** Puts together what the user, the log, the config and the learning rates seen so far say of the plan. */
export function planOfRun(run: PlanSubject, options: PlanOptions = {}): RunPlan {
  return solvePlan(planTaskOf(run, options));
}

/** Collects what the plan of `run` is made from. Costs a copy of as many learning rates as it is read off. */
export function planTaskOf(run: PlanSubject, options: PlanOptions = {}): PlanTask {
  const rates = run.spans('learning_rate');
  const seen = options.until === undefined ? rates : spansUntil(rates, options.until);
  const { steps, values } = samplePoints(seen, MAX_RATES);
  const { totalSteps } = options;
  const user = sourcedByUser({ ...run.userFacts, ...(totalSteps === undefined ? {} : { totalSteps }) });
  return { observed: { steps, lrs: values }, user, ...statedParts(run) };
}

/** The plan from a task. Reads the schedule off the learning rates: some milliseconds, up to a few tens on a slow machine. */
export function solvePlan({ observed, ...parts }: PlanTask): RunPlan {
  const { user, log, config, code } = parts;
  const hints = { ...plain(code), ...plain(config), ...plain(log), ...plain(user) };
  const inferred = inferSchedule({ ...observed, hints });
  const resolved = resolvePlan({ ...parts, inferred });
  return { ...resolved, lrCurve: resolved.schedule && buildLrCurve({ observed, schedule: resolved.schedule }) };
}

/** The plan as far as it is stated, without what the learning rates tell: until that is known. */
export function statedPlan(run: PlanSubject): RunPlan {
  const resolved = resolvePlan({ user: sourcedByUser(run.userFacts ?? {}), ...statedParts(run), inferred: null });
  return { ...resolved, lrCurve: null };
}

function statedParts(run: PlanSubject): Pick<PlanTask, 'log' | 'config' | 'code'> {
  const { started, code, codeTrust } = run.settings;
  const unit = run.stepUnit;
  return {
    log: run.facts(),
    config: planFromConfig(started.values, { unit, placeOf: started.placeOf }),
    code: planFromConfig(code.values, { unit, source: 'code', placeOf: code.placeOf, confidence: codeTrust }),
  };
}

/**
 * What a plan depends on, as a key: it is made anew after a restart, when a fact or setting came in, and when one in a
 * hundred of the learning rates is new, not with each line.
 */
export function planKey(run: PlanSubject): string {
  const rates = Math.floor(Math.log(1 + run.countOf('learning_rate')) / Math.log(1.01));
  const settings = run.logs.reduce((sum, log) => sum + log.configEntries.size + Object.keys(log.facts).length, 0);
  return `${run.structure} ${rates} ${settings}`;
}

/** The facts as a plan part: they come from the user. */
export function sourcedByUser(facts: PlanFacts): PlanPart {
  const sourced = (value: unknown): Sourced<unknown> => ({ value, source: 'user', confidence: 1, where: 'set by you' });
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, sourced(value)])) as PlanPart;
}

function plain(part: PlanPart): PlanFacts {
  return Object.fromEntries(PLAN_KEYS.flatMap((key) => (part[key] === undefined ? [] : [[key, part[key].value]])));
}
