import * as os from 'node:os';
import * as path from 'node:path';
import { type ActivationsReport, analyseActivations } from '../../core/spectra/activations/analyseActivations';
import { activationJson, activationLines } from '../../core/spectra/activations/report';
import { analyseCheckpoint, type CheckpointReport } from '../../core/spectra/analyseCheckpoint';
import { type CheckpointComparison, compareCheckpoints } from '../../core/spectra/compareCheckpoints';
import { lawsOver, layersOfActivations, layersOfCheckpoint, type ModelLayer } from '../../core/spectra/laws/overModels';
import { comparisonLines, lawLines, reportLines, tensorJson } from '../../core/spectra/report';
import type { Shard } from '../../core/spectra/shard';
import type { SpectraWarning } from '../../core/spectra/warningRule';
import { NodeFileSystem } from '../../node/nodeFileSystem';
import { ThreadPool } from '../../node/threadPool';
import { readArguments } from '../arguments';
import { type Answer, type AskedCommand, type Call, numberOption, UsageError } from '../command';
import { mergedParts } from '../spectraParts';

const USAGE = `lossline spectra PATH [options]
lossline spectra PATH PATH… [options]
lossline spectra --merge PART.json…

Measures the singular values of every weight matrix of a checkpoint: a file (safetensors, PyTorch and others), an index of shards, or
their folder. Estimates of large matrices carry the half width of their 95 % interval. The table begins with the worst.
Activations are measured too: logs of ranks or eigenvalues (JSON lines), and files of (count, mean, scatter), of covariances, or of
vectors; what "Insert Activation Logger" of the editor writes is one of them.
Of several models, by width the smallest first, come laws: ranks over widths, and whether largest singular values agree.

  --exact            all singular values of matrices up to 8192, at the cost of time
  --compare PATH     also another checkpoint of the same model, and what has changed to it
  --activations      arrays of the file are activations, one vector in each row, and no weights
  --threads N        worker threads (default: cores, at most 8)
  --shard I/N        every N-th matrix only, I from 0 or 1: parts of one job on several machines
  --merge            the JSON outputs of all parts of one job as that of the whole
  --json             print JSON`;

const SPEC = { values: ['compare', 'shard', 'threads'], switches: ['activations', 'exact', 'json', 'merge'] } as const;

/** Bytes that all threads together keep of matrices: a 7B model stays below 600 MB in all. */
const BUDGET = 384 * 1024 * 1024;

/** More threads would wait for memory. */
const MAX_THREADS = 8;

export const spectra: AskedCommand = {
  summary: 'measures the singular values of a checkpoint',
  usage: USAGE,
  answer: async (argv, { signal, progress }) => {
    const { words, values, switches } = readArguments(argv, SPEC, USAGE);
    const [file, ...more] = words;
    if (file === undefined) throw new UsageError(`Name a checkpoint.\n\n${USAGE}`);
    if (switches.has('merge')) return mergeAnswer(words);
    if (more.length > 0 && values.compare !== undefined)
      throw new UsageError('--compare takes one checkpoint beside it.');
    const shard = values.shard === undefined ? undefined : parseShard(values.shard);
    const threads = numberOption('threads', values.threads) ?? Math.min(MAX_THREADS, os.availableParallelism());
    if (!(Number.isInteger(threads) && threads > 0)) throw new UsageError('--threads takes a whole number above zero.');
    const pool = new ThreadPool(path.join(__dirname, 'worker.js'), threads);
    const work = {
      pool,
      progress,
      exact: switches.has('exact'),
      asVectors: switches.has('activations'),
      options: { budget: Math.floor(BUDGET / threads), signal, ...(shard !== undefined && { shard }) },
    };
    try {
      if (more.length > 0) return await lawsAnswer(work, words);
      return await answerTo(work, path.resolve(file), values.compare && path.resolve(values.compare));
    } finally {
      pool.dispose();
    }
  },
};

/** `I/N`; both numberings, from 0 and from 1, give parts that together are the whole. */
function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (!(shard.of > 0 && shard.index <= shard.of)) throw new UsageError(`--shard takes I/N, like 1/4, not ${text}.`);
  return { index: shard.index % shard.of, of: shard.of };
}

interface Work extends Pick<Call, 'progress'> {
  readonly pool: ThreadPool;
  readonly exact: boolean;
  readonly asVectors: boolean;
  readonly options: { readonly budget: number; readonly signal: Call['signal']; readonly shard?: Shard };
}

/** The report of the activations or the checkpoint at `file` and, with `other`, what has changed from it to that. */
async function answerTo(work: Work, file: string, other: string | undefined): Promise<Answer> {
  const { pool, options } = work;
  const activations = other === undefined ? await activationsAt(work, file) : null;
  if (activations !== null) return activationAnswer(activations, options.shard);
  const report = await reportOf(work, file);
  if (other === undefined) return checkpointAnswer(report, options.shard);
  const after = { path: other, report: await reportOf(work, other) };
  const comparison = await compareCheckpoints(pool, { path: file, report }, after, options);
  return checkpointAnswer(report, options.shard, comparison);
}

/** Null when the file holds weights. */
function activationsAt(work: Work, file: string): Promise<ActivationsReport | null> {
  const { pool, options, asVectors, progress } = work;
  const onResult = ({ name }: { name: string }, done: number, of: number): void => progress(done / of, name);
  return analyseActivations(new NodeFileSystem(), pool, file, { ...options, asVectors, onResult });
}

/** What several models say together; the measures of each are in the JSON. */
async function lawsAnswer(work: Work, words: readonly string[]): Promise<Answer> {
  const models: { json: Record<string, unknown>; layers: ModelLayer[] }[] = [];
  for (const word of words) {
    const file = path.resolve(word);
    const activations = await activationsAt(work, file);
    if (activations !== null) {
      models.push({ json: { path: file, ...activationsJson(activations) }, layers: layersOfActivations(activations) });
    } else {
      const report = await reportOf(work, file);
      models.push({ json: { path: file, ...checkpointJson(report) }, layers: layersOfCheckpoint(report) });
    }
  }
  const laws = lawsOver(models.map(({ layers }) => layers));
  return { json: { models: models.map(({ json }) => json), laws }, lines: lawLines(laws, words) };
}

async function mergeAnswer(files: readonly string[]): Promise<Answer> {
  const json = await mergedParts(files.map((file) => path.resolve(file)));
  const count = [json.tensors, json.activations].reduce<number>(
    (sum, list) => sum + ((list as unknown[] | undefined) ?? []).length,
    0,
  );
  return { json, lines: [`${count} matrices of ${files.length} parts; --json prints them.`] };
}

function reportOf({ pool, options, exact, progress }: Work, checkpoint: string): Promise<CheckpointReport> {
  return analyseCheckpoint(new NodeFileSystem(), pool, checkpoint, {
    ...options,
    exact,
    onResult: ({ name }, { bytes, ofBytes }) => progress(bytes / ofBytes, name),
  });
}

function activationsJson({ activations, ...rest }: ActivationsReport): Record<string, unknown> {
  return { tensors: [], skipped: [], ...rest, activations: activations.map(activationJson) };
}

function checkpointJson({ tensors, ...rest }: CheckpointReport): Record<string, unknown> {
  return { tensors: tensors.map(tensorJson), ...rest };
}

function activationAnswer(report: ActivationsReport, shard: Shard | undefined): Answer {
  return {
    json: { ...activationsJson(report), ...(shard && { shard }) },
    lines: [...activationLines(report), ...warningLines(report)],
  };
}

function checkpointAnswer(
  report: CheckpointReport,
  shard: Shard | undefined,
  comparison?: CheckpointComparison,
): Answer {
  return {
    json: { ...checkpointJson(report), ...(shard && { shard }), ...(comparison && { comparison }) },
    lines: [...textLines(report), ...(comparison === undefined ? [] : ['', ...comparisonLines(comparison)])],
  };
}

function textLines(report: CheckpointReport): string[] {
  const { tensors, skipped } = report;
  const lines = tensors.length === 0 ? ['No weight matrix was found.'] : reportLines(tensors);
  const left = skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`);
  return [...lines, ...warningLines(report), ...(left.length > 0 ? ['', ...left] : [])];
}

function warningLines({ warnings }: { readonly warnings: readonly SpectraWarning[] }): string[] {
  const notes = warnings.map(({ severity, tensor, evidence }) => `${severity}: ${tensor}: ${evidence}`);
  return notes.length > 0 ? ['', ...notes] : [];
}
