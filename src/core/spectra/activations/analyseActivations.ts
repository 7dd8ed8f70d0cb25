import type { CancelSignal } from '../../cancel';
import { withStored } from '../../checkpoints/openStored';
import type { JobPool } from '../../engine/jobs';
import { LosslineError } from '../../errors';
import type { FileSystem } from '../../sources/fileSystem';
import { type Shard, shardOf } from '../shard';
import type { SpectraWarning } from '../warningRule';
import { readActivationLog } from './activationLog';
import type { ActivationReport } from './activationReport';
import { activationInputs, placeOfTensor } from './activationTensors';
import type { ActivationTask } from './measureActivation';
import { type PrePost, prePostPairs } from './prePost';
import { trendsOf } from './trends';
import { activationWarnings } from './warnings';

/** How activations are analysed. */
export interface ActivationOptions {
  /** Take every array as vectors, one in each row, and not as weights. */
  readonly asVectors?: boolean;
  readonly shard?: Shard;
  /** Bytes of vectors that one thread may keep. */
  readonly budget?: number;
  readonly signal?: CancelSignal;
  /** Called after every activation of a file of tensors. */
  readonly onResult?: (report: ActivationReport, done: number, of: number) => void;
}

/** All that is known of the activations in a file or folder. */
export interface ActivationsReport {
  readonly activations: readonly ActivationReport[];
  readonly pairs: readonly PrePost[];
  readonly warnings: readonly SpectraWarning[];
  readonly issues: readonly { readonly file: string; readonly offset: number; readonly message: string }[];
}

/** Names of files in a folder that hold activations, as the logger and others call them. */
const ACTIVATION_FILE = /(^|[_.-])activations?([_.-].*)?\.(jsonl|txt|log|npz|npy|safetensors|pth?)$/i;

/** Files of the tracker of arXiv 2605.21803. */
const TRACKER_FILE = /^layer_\d+_eigen(_freq)?\.txt$/;

const TEXT_FILE = /\.(jsonl?|txt|log|out)$/i;
const MAX_FILES = 10_000;
const DEFAULT_BUDGET = 192 * 1024 * 1024;

/**
 * Measures the activations at `path`, a file or a folder of them: logs of ranks or eigenvalues, and files of triples, covariances or
 * vectors. Triples of one name and step are merged, whatever files they are in. Null when there are none: it may be a
 * checkpoint. Rejects as `fs` does and with `CancelledError`.
 */
export async function analyseActivations(
  fs: FileSystem,
  pool: JobPool,
  path: string,
  options: ActivationOptions = {},
): Promise<ActivationsReport | null> {
  const reports: ActivationReport[] = [];
  const issues: { file: string; offset: number; message: string }[] = [];
  const arrays: string[] = [];
  for (const file of await filesAt(fs, path)) {
    if (!TEXT_FILE.test(file)) {
      arrays.push(file);
      continue;
    }
    const log = await readActivationLog(fs, file, options.signal);
    reports.push(...(log?.reports ?? []));
    issues.push(...(log?.issues ?? []).map((issue) => ({ file, ...issue })));
  }
  const tasks = shardOf(await tasksOf(fs, arrays, options), options.shard);
  let done = 0;
  const measured = await Promise.all(
    tasks.map(async (task) => {
      const report = await pool.run('activation', task, options.signal);
      options.onResult?.(report, ++done, tasks.length);
      return report;
    }),
  );
  const activations = [...reports, ...measured].sort(inOrder);
  if (activations.length === 0) return null;
  const pairs = prePostPairs(activations);
  return { activations, pairs, warnings: activationWarnings(activations, pairs, trendsOf(activations)), issues };
}

async function filesAt(fs: FileSystem, path: string): Promise<string[]> {
  const stat = await fs.stat(path);
  if (stat === undefined) throw new LosslineError('file.notFound', `Nothing at ${path}.`, path);
  if (!stat.isDirectory) return [path];
  const entries = await fs.list(path);
  const names = entries.filter(
    ({ name, kind }) => kind === 'file' && (ACTIVATION_FILE.test(name) || TRACKER_FILE.test(name)),
  );
  return names
    .map(({ name }) => fs.join(path, name))
    .sort()
    .slice(0, MAX_FILES);
}

/** One task for each name and step; only triples may come in several parts. */
async function tasksOf(
  fs: FileSystem,
  files: readonly string[],
  options: ActivationOptions,
): Promise<ActivationTask[]> {
  const tasks = new Map<string, ActivationTask>();
  const { asVectors = false, budget = DEFAULT_BUDGET } = options;
  for (const file of files) {
    await withStored(fs, file, async (stored) => {
      for (const input of activationInputs(stored, asVectors)) {
        const place = placeOfTensor(input.name, file);
        const key = input.form === 'scatter' ? `${place.step} ${input.name}` : `${file} ${input.name}`;
        const known = tasks.get(key);
        const parts = [...(known?.files ?? []), file];
        tasks.set(key, { place: known?.place ?? place, name: input.name, files: parts, asVectors, budget });
      }
    }).catch((error: unknown) => {
      // A text or a picture among others is no fault; a broken file of tensors is one.
      if (!(error instanceof LosslineError && error.code === 'file.unknownFormat')) throw error;
    });
  }
  return [...tasks.values()];
}

function inOrder(a: ActivationReport, b: ActivationReport): number {
  return (a.step ?? 0) - (b.step ?? 0) || (a.layer ?? -1) - (b.layer ?? -1);
}
