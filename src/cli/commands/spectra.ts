import * as os from 'node:os';
import * as path from 'node:path';
import { analyseCheckpoint, type CheckpointReport, type Shard } from '../../core/spectra/analyseCheckpoint';
import { type CheckpointComparison, compareCheckpoints } from '../../core/spectra/compareCheckpoints';
import { comparisonLines, reportLines, tensorJson } from '../../core/spectra/report';
import { NodeFileSystem } from '../../node/nodeFileSystem';
import { ThreadPool } from '../../node/threadPool';
import { readArguments } from '../arguments';
import { type AskedCommand, type Call, numberOption, UsageError } from '../command';

const USAGE = `lossline spectra PATH [options]

Measures the singular values of every weight matrix of a checkpoint: a file (safetensors, PyTorch and others), an index of shards, or
their folder. Estimates of large matrices carry the half width of their 95 % interval. The table begins with the worst.

  --exact            all singular values of matrices up to 8192, at the cost of time
  --compare PATH     also another checkpoint of the same model, and what has changed to it
  --threads N        worker threads (default: cores, at most 8)
  --shard I/N        every N-th matrix only, I from 0 or 1: parts of one job on several machines
  --json             print JSON`;

const SPEC = { values: ['compare', 'shard', 'threads'], switches: ['exact', 'json'] } as const;

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
    if (file === undefined || more.length > 0) throw new UsageError(`Name one checkpoint.\n\n${USAGE}`);
    const shard = values.shard === undefined ? undefined : parseShard(values.shard);
    const threads = numberOption('threads', values.threads) ?? Math.min(MAX_THREADS, os.availableParallelism());
    if (!(Number.isInteger(threads) && threads > 0)) throw new UsageError('--threads takes a whole number above zero.');
    const call = { threads, exact: switches.has('exact'), shard, signal, progress };
    const [report, comparison] = await analyse(
      path.resolve(file),
      values.compare && path.resolve(values.compare),
      call,
    );
    return {
      json: { ...reportJson(report), ...(comparison && { comparison }) },
      lines: [...textLines(report), ...(comparison === undefined ? [] : ['', ...comparisonLines(comparison)])],
    };
  },
};

/** `I/N`; both numberings, from 0 and from 1, give parts that together are the whole. */
function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (!(shard.of > 0 && shard.index <= shard.of)) throw new UsageError(`--shard takes I/N, like 1/4, not ${text}.`);
  return { index: shard.index % shard.of, of: shard.of };
}

interface Work extends Pick<Call, 'signal' | 'progress'> {
  readonly threads: number;
  readonly exact: boolean;
  readonly shard: Shard | undefined;
}

/** The report of the checkpoint and, with `other`, what has changed from it to that. */
async function analyse(
  file: string,
  other: string | undefined,
  { threads, exact, shard, signal, progress }: Work,
): Promise<[CheckpointReport, CheckpointComparison | undefined]> {
  const pool = new ThreadPool(path.join(__dirname, 'worker.js'), threads);
  const budget = Math.floor(BUDGET / threads);
  const reportOf = (checkpoint: string): Promise<CheckpointReport> =>
    analyseCheckpoint(new NodeFileSystem(), pool, checkpoint, {
      exact,
      budget,
      signal,
      ...(shard !== undefined && { shard }),
      onResult: ({ name }, { bytes, ofBytes }) => progress(bytes / ofBytes, name),
    });
  try {
    const report = await reportOf(file);
    if (other === undefined) return [report, undefined];
    const [before, after] = [
      { path: file, report },
      { path: other, report: await reportOf(other) },
    ];
    return [report, await compareCheckpoints(pool, before, after, { budget, signal })];
  } finally {
    pool.dispose();
  }
}

function reportJson({ tensors, ...rest }: CheckpointReport): Record<string, unknown> {
  return { tensors: tensors.map(tensorJson), ...rest };
}

function textLines({ tensors, skipped, warnings }: CheckpointReport): string[] {
  const lines = tensors.length === 0 ? ['No weight matrix was found.'] : reportLines(tensors);
  const notes = warnings.map(({ severity, tensor, evidence }) => `${severity}: ${tensor}: ${evidence}`);
  const left = skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`);
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : []), ...(left.length > 0 ? ['', ...left] : [])];
}
