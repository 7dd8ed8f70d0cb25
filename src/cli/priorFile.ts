import * as fs from 'node:fs/promises';
import { LosslineError } from '../core/errors';
import { type GeneralPrior, generalPriorFrom } from '../core/prior/learnPrior';
import { type LearntRun, learntRunsFrom } from '../core/prior/learntRun';

/** Size in bytes above which a prior file is refused: 500 runs take half of it. */
const MAX_PRIOR_FILE = 4 * 1024 * 1024;

/** What a file says of runs never seen: constants of public runs, or runs to learn from. */
export type PriorFile = { readonly prior: GeneralPrior } | { readonly history: readonly LearntRun[] };

/**
 * Reads a prior: JSON with the entries of a `GeneralPrior`, or learnt runs as *Show Learnt Runs* shows them. Throws
 * `file.notFound`, and `argument.invalid` for anything else.
 */
export async function readPriorFile(file: string): Promise<PriorFile> {
  const stat = await fs.stat(file).catch(() => undefined);
  if (stat === undefined) throw new LosslineError('file.notFound', `There is no prior file ${file}.`, file);
  const value = stat.size > MAX_PRIOR_FILE ? undefined : parsed(await fs.readFile(file, 'utf8'));
  const prior = generalPriorFrom(value);
  if (prior !== undefined) return { prior };
  const history = learntRunsFrom(value);
  if (history.length > 0) return { history };
  throw new LosslineError('argument.invalid', 'Neither a prior nor learnt runs, as JSON of at most 4 MB.', file);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
