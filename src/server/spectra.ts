import * as os from 'node:os';
import * as path from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { CancelSource } from '../core/cancel';
import { CancelledError } from '../core/errors';
import type { FileSystem } from '../core/sources/fileSystem';
import { analyseCheckpoint } from '../core/spectra/analyseCheckpoint';
import { checkpointReportMarkdown } from '../core/spectra/report';
import { ThreadPool } from '../node/threadPool';
import type * as protocol from '../protocol/server';

/** Bytes that all threads together keep of matrices. */
const BUDGET = 384 * 1024 * 1024;

/** Threads of one analysis: one core is left to the editor and to training. */
const THREADS = Math.max(1, Math.min(4, os.availableParallelism() - 1));

/**
 * The report of the spectra of a checkpoint as Markdown. It has threads of its own, so that forecasts do not wait for it. Rejects as
 * `analyseCheckpoint` does, with `CancelledError` after `token`.
 */
export async function checkpointMarkdown(
  fs: FileSystem,
  file: string,
  token: CancellationToken,
  onProgress: (progress: protocol.SpectraProgress['params']) => void,
): Promise<protocol.SpectraAnalyse['result']> {
  const pool = new ThreadPool(path.join(__dirname, 'worker.js'), THREADS);
  const cancel = new CancelSource();
  const listening = token.onCancellationRequested(() => cancel.abort());
  try {
    const report = await analyseCheckpoint(fs, pool, file, {
      budget: Math.floor(BUDGET / THREADS),
      signal: cancel,
      onResult: ({ name }, { bytes, ofBytes }) => onProgress({ path: file, matrix: name, bytes, ofBytes }),
    });
    if (token.isCancellationRequested) throw new CancelledError();
    const name = fs.basename(file);
    return { name, markdown: checkpointReportMarkdown(name, report) };
  } finally {
    listening.dispose();
    pool.dispose();
  }
}
