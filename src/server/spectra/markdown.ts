import type { CancellationToken } from 'vscode-languageserver';
import { CancelSource } from '../../core/cancel';
import { CancelledError } from '../../core/errors';
import { analyseCheckpoint } from '../../core/spectra/analyseCheckpoint';
import { checkpointReportMarkdown } from '../../core/spectra/report';
import type * as protocol from '../../protocol/server';
import type { Workshop } from './analyses';

/**
 * The report of the spectra of a checkpoint as Markdown. Rejects as `analyseCheckpoint` does, with `CancelledError` after
 * `token`.
 */
export async function checkpointMarkdown(
  { fs, budget, makePool, cache }: Workshop,
  file: string,
  token: CancellationToken,
): Promise<protocol.SpectraAnalyse['result']> {
  const pool = makePool();
  const cancel = new CancelSource();
  const listening = token.onCancellationRequested(() => cancel.abort());
  try {
    const report = await analyseCheckpoint(fs, pool, file, {
      budget,
      cache,
      signal: cancel,
    });
    if (token.isCancellationRequested) throw new CancelledError();
    const name = fs.basename(file);
    return { name, markdown: checkpointReportMarkdown(name, report) };
  } finally {
    listening.dispose();
    pool.dispose();
  }
}
