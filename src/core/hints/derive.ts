import { median } from '../fit/robust';
import type { Fact, FactDraft, FactSource } from './facts';
import type { RunFacts, SettingLookup } from './inputs';

/**
 * Adds what follows from other facts: the batch in sequences and tokens, planned tokens and steps, parameters from the
 * shape, warmup and cooldown from their share of the run. What had to be assumed is marked.
 */
export function derive(draft: FactDraft, lookup: SettingLookup, run: RunFacts | undefined): void {
  batch(draft, lookup, run);
  gradients(draft, run);
  draft.steps ??= quotient(draft.tokens, draft.batchTokens, 'tokens of the run / tokens of one step');
  draft.tokens ??= product(draft.steps, draft.batchTokens, 'steps × tokens of one step');
  parameters(draft);
  share(draft, 'warmupSteps', number(lookup, run, 'warmupRatio'), 'share of the run × steps');
  share(draft, 'cooldownSteps', number(lookup, run, 'decayRatio'), 'share of the run × steps');
  const ratio = number(lookup, run, 'finalLrRatio');
  if (ratio !== undefined && draft.lr !== undefined) {
    draft.finalLr ??= { value: ratio * draft.lr.value, source: 'derived', where: 'share of the peak × peak' };
  }
}

function batch(draft: FactDraft, lookup: SettingLookup, run: RunFacts | undefined): void {
  const sequences = sequencesPerStep(lookup, run);
  if (sequences !== undefined) draft.batchSequences ??= sequences;
  if (draft.batchTokens === undefined && draft.batchSequences !== undefined) {
    const length = draft.sequenceLength;
    const assumed = draft.batchSequences.source === 'assumed';
    const value = product(draft.batchSequences, length, `${draft.batchSequences.where}, × sequence length`);
    if (value !== undefined) draft.batchTokens = assumed ? { ...value, source: 'assumed' } : value;
  }
  draft.batchSequences ??= quotient(draft.batchTokens, draft.sequenceLength, 'tokens of one step / sequence length');
}

/** Batch over all devices and accumulated parts: written as such, or the product of what is written. */
function sequencesPerStep(lookup: SettingLookup, run: RunFacts | undefined): Fact<number> | undefined {
  const total = number(lookup, run, 'globalBatch');
  if (total !== undefined) return { value: total, source: 'code', where: 'batch size over all devices' };
  const micro = number(lookup, run, 'microBatch') ?? number(lookup, run, 'batchSize');
  if (micro === undefined) return undefined;
  const accumulation = number(lookup, run, 'accumulation');
  const world = number(lookup, run, 'worldSize');
  // nanoGPT writes the accumulation of all devices together and divides it among them.
  const sharesAccumulation = lookup('sequenceLength')?.setting.name === 'block_size' && accumulation !== undefined;
  const parts = [`batch ${micro}`, accumulation === undefined ? undefined : `accumulation ${accumulation}`];
  if (world !== undefined && !sharesAccumulation) parts.push(`${world} devices`);
  const assumed = world === undefined && !sharesAccumulation ? ' (one device assumed)' : '';
  const source: FactSource = assumed === '' ? 'derived' : 'assumed';
  const value = micro * (accumulation ?? 1) * (sharesAccumulation ? 1 : (world ?? 1));
  return { value, source, where: `${parts.filter((part) => part !== undefined).join(' × ')}${assumed}` };
}

/** Median gradient norm of the run, and the share of its last steps that the clipping of the code would have cut. */
function gradients(draft: FactDraft, run: RunFacts | undefined): void {
  const norms = run?.gradNorms ?? [];
  if (norms.length === 0) return;
  const where = `last ${norms.length} points of ${run!.name}`;
  draft.gradNorm = { value: median(norms), source: 'run', where };
  const limit = draft.gradClip?.value;
  if (limit === undefined) return;
  const value = norms.filter((norm) => norm > limit).length / norms.length;
  draft.clippedShare = { value, source: 'derived', where };
}

/** N = 12 n d² of a transformer with a feed-forward layer of width 4 d; with its own width 4 n d² + 2 n d d_ff. */
function parameters(draft: FactDraft): void {
  const { width, depth, ffnWidth } = draft;
  if (draft.parameters !== undefined || width === undefined || depth === undefined) return;
  const d = width.value;
  const feedForward = ffnWidth === undefined ? 8 * d * d : 2 * d * ffnWidth.value;
  const where = ffnWidth === undefined ? '12 × depth × width²' : 'depth × (4 width² + 2 width × feed-forward width)';
  draft.parameters = {
    value: depth.value * (4 * d * d + feedForward),
    source: 'derived',
    where: `${where}, without embeddings`,
  };
}

function share(
  draft: FactDraft,
  name: 'warmupSteps' | 'cooldownSteps',
  ratio: number | undefined,
  where: string,
): void {
  if (ratio === undefined || draft.steps === undefined) return;
  draft[name] ??= { value: ratio * draft.steps.value, source: 'derived', where };
}

function number(
  lookup: SettingLookup,
  run: RunFacts | undefined,
  id: Parameters<SettingLookup>[0],
): number | undefined {
  const value = lookup(id)?.value ?? run?.settings.get(id);
  return typeof value === 'number' ? value : undefined;
}

function product(a: Fact<number> | undefined, b: Fact<number> | undefined, where: string): Fact<number> | undefined {
  return a === undefined || b === undefined ? undefined : { value: a.value * b.value, source: sourceOf(a, b), where };
}

function quotient(a: Fact<number> | undefined, b: Fact<number> | undefined, where: string): Fact<number> | undefined {
  return a === undefined || b === undefined || b.value === 0
    ? undefined
    : { value: a.value / b.value, source: sourceOf(a, b), where };
}

function sourceOf(...facts: readonly Fact<number>[]): FactSource {
  return facts.some(({ source }) => source === 'assumed') ? 'assumed' : 'derived';
}
