import type { SettingValue, SourceFacts } from './code/setting';
import { derive } from './derive';
import type { FactDraft, FactName, Facts, FactValues, OptimizerFamily } from './facts';
import type { HyperSetting } from './finder';
import type { HyperId } from './hyperparameters';
import type { RunFacts, SettingLookup } from './inputs';

/**
 * All facts for a hint on `at`: read from the file, then from the run, then derived from each other. Of several values
 * of one hyperparameter the one in the same block counts, else the nearest above, else the first.
 */
export function gatherFacts(
  at: HyperSetting,
  found: readonly HyperSetting[],
  source: SourceFacts,
  where: (offset: number) => string,
  run: RunFacts | undefined,
): Facts {
  const draft: FactDraft = {};
  const lookup: SettingLookup = (id) =>
    id === at.id
      ? at
      : nearest(
          at,
          found.filter((hit) => hit.id === id && hit.value !== undefined),
        );
  for (const [id, name] of Object.entries(DIRECT) as [HyperId, NumberFact][]) {
    const hit = lookup(id);
    if (typeof hit?.value === 'number') put(draft, name, hit.value, 'code', place(hit, where));
    const logged = run?.settings.get(id);
    if (typeof logged === 'number') putLogged(draft, name, logged, run!);
  }
  addWords(draft, lookup, source, where, run);
  for (const [name, value] of Object.entries(run?.measured ?? {}) as [NumberFact, number][]) {
    putLogged(draft, name, value, run!);
  }
  derive(draft, lookup, run);
  return draft;
}

type NumberFact = { [K in FactName]: FactValues[K] extends number ? K : never }[FactName];

/** Hyperparameters that are facts as they stand. */
const DIRECT: Partial<Record<HyperId, NumberFact>> = {
  learningRate: 'lr',
  finalLr: 'finalLr',
  weightDecay: 'weightDecay',
  beta1: 'beta1',
  beta2: 'beta2',
  epsilon: 'epsilon',
  momentum: 'momentum',
  sequenceLength: 'sequenceLength',
  totalSteps: 'steps',
  totalTokens: 'tokens',
  batchTokens: 'batchTokens',
  epochs: 'epochs',
  parameters: 'parameters',
  width: 'width',
  ffnWidth: 'ffnWidth',
  depth: 'depth',
  heads: 'heads',
  vocabulary: 'vocabulary',
  warmupSteps: 'warmupSteps',
  horizonSteps: 'horizonSteps',
  decaySteps: 'cooldownSteps',
  gradClip: 'gradClip',
  emaDecay: 'emaDecay',
  loraRank: 'loraRank',
  loraAlpha: 'loraAlpha',
  loraLrRatio: 'loraLrRatio',
};

/** Facts of the run that are kept beside those of the code when both are known and differ. */
const CHANGED: Partial<Record<NumberFact, NumberFact>> = {
  lr: 'runLr',
  weightDecay: 'runWeightDecay',
  batchTokens: 'runBatchTokens',
  tokens: 'runTokens',
  width: 'runWidth',
  depth: 'runDepth',
  ffnWidth: 'runFfnWidth',
  beta1: 'runBeta1',
  beta2: 'runBeta2',
  epsilon: 'runEpsilon',
  emaDecay: 'runEmaDecay',
  steps: 'runSteps',
};

/** Facts of the run that rules need also where they equal those of the code: without them nothing can be carried over. */
const KEPT = new Set<NumberFact>(['runWeightDecay']);

/** A number that the run tells: for what the code does not say, or beside it when it says something else. */
function putLogged(draft: FactDraft, name: NumberFact, value: number, run: RunFacts): void {
  const where = `logged by ${run.name}`;
  const known = draft[name];
  const changed = CHANGED[name];
  if (known === undefined) put(draft, name, value, 'run', where);
  else if (changed !== undefined && known.source === 'code' && (KEPT.has(changed) || differs(known.value, value))) {
    put(draft, changed, value, 'run', where);
  }
}

/** Facts that are no numbers, and numbers in lists. */
function addWords(
  draft: FactDraft,
  lookup: SettingLookup,
  source: SourceFacts,
  where: (offset: number) => string,
  run: RunFacts | undefined,
): void {
  const read = (id: HyperId): { value: SettingValue; source: 'code' | 'run'; where: string } | undefined => {
    const hit = lookup(id);
    if (hit?.value !== undefined) return { value: hit.value, source: 'code', where: place(hit, where) };
    const logged = run?.settings.get(id);
    return logged === undefined ? undefined : { value: logged, source: 'run', where: `logged by ${run!.name}` };
  };
  const betas = read('betas');
  if (Array.isArray(betas?.value)) {
    const [beta1, beta2] = betas.value as readonly number[];
    draft.beta1 ??= { ...betas, value: beta1! };
    draft.beta2 ??= { ...betas, value: beta2! };
  }
  const call = source.calls.find(({ callee }) => optimizerFamily(callee) !== undefined);
  const named = read('optimizer');
  if (call !== undefined) {
    put(draft, 'optimizer', optimizerFamily(call.callee)!, 'code', `${call.callee}, ${where(call.span.from)}`);
  } else if (typeof named?.value === 'string')
    draft.optimizer = { ...named, value: optimizerFamily(named.value) ?? 'other' };
  const schedule = read('schedule');
  if (typeof schedule?.value === 'string') draft.schedule = { ...schedule, value: schedule.value.toLowerCase() };
  for (const [id, precision] of PRECISIONS) {
    const hit = read(id);
    if (hit === undefined || hit.value === false || hit.value === null) continue;
    draft.precision ??= { ...hit, value: precision ?? String(hit.value).toLowerCase() };
  }
  const zLoss = read('zLoss');
  if (zLoss !== undefined) draft.zLoss = { ...zLoss, value: Number(zLoss.value) };
  const muP = read('muP');
  if (muP !== undefined) draft.isMuP = { ...muP, value: muP.value !== false };
}

const PRECISIONS: readonly (readonly [HyperId, string | undefined])[] = [
  ['fp8', 'fp8'],
  ['fp16', 'fp16'],
  ['bf16', 'bf16'],
  ['precision', undefined],
];

/** Family of an optimizer by its class, function or name in a configuration; `undefined` for what is none. */
function optimizerFamily(name: string): OptimizerFamily | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (/muon/i.test(last)) return 'muon';
  if (/lion/i.test(last)) return 'lion';
  if (/adam|lamb|ademamix/i.test(last) && !/params/i.test(last)) return 'adam';
  if (/^(sgd|nesterov)/i.test(last)) return 'sgd';
  return /^(adafactor|adagrad|rmsprop|shampoo|soap|sophia|lars|lbfgs|nadam)/i.test(last) ? 'other' : undefined;
}

function nearest(at: HyperSetting, hits: readonly HyperSetting[]): HyperSetting | undefined {
  const block = at.setting.owners.join('.');
  const same = hits.filter(({ setting }) => setting.owners.join('.') === block);
  const pool = same.length > 0 ? same : hits;
  return pool.findLast(({ setting }) => setting.span.from <= at.setting.span.from) ?? pool[0];
}

/** Where a setting stands, in words. */
export function place({ setting }: HyperSetting, where: (offset: number) => string): string {
  return `${setting.name}, ${where(setting.span.from)}`;
}

function put<K extends FactName>(
  draft: FactDraft,
  name: K,
  value: NonNullable<FactDraft[K]>['value'],
  source: NonNullable<FactDraft[K]>['source'],
  where: string,
): void {
  (draft as Record<string, unknown>)[name] = { value, source, where };
}

/** True when two values differ by more than the rounding of a log. */
function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > 0.005 * Math.max(Math.abs(a), Math.abs(b));
}
