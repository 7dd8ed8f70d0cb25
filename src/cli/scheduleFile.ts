import * as fs from 'node:fs/promises';
import { LosslineError } from '../core/errors';
import type { LrCurve } from '../core/plan/lrCurve';

/** Size in bytes above which a schedule file is refused: ten million rows. */
const MAX_SCHEDULE_FILE = 256 * 1024 * 1024;

/**
 * A schedule file: rows `step,lr` with ascending steps, piecewise linear between them; a header line is allowed.
 * Throws `file.notFound` and `plan.invalid` with the offset of the first bad row.
 */
export async function readSchedule(file: string): Promise<LrCurve> {
  const stat = await fs.stat(file).catch(() => undefined);
  if (stat === undefined) throw new LosslineError('file.notFound', `There is no schedule file ${file}.`, file);
  if (stat.size > MAX_SCHEDULE_FILE) throw new LosslineError('plan.invalid', 'The schedule file is too large.', file);
  const steps: number[] = [];
  const lrs: number[] = [];
  let offset = 0;
  for (const line of (await fs.readFile(file, 'utf8')).split('\n')) {
    const [step, lr] = line
      .trim()
      .split(/[,;\t]/, 2)
      .map(Number);
    const isRow = Number.isFinite(step) && Number.isFinite(lr);
    if (isRow && step! > (steps.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      steps.push(step!);
      lrs.push(lr!);
    } else if (line.trim() !== '' && (isRow || steps.length > 0)) {
      throw new LosslineError(
        'plan.invalid',
        `Not a row of step,lr with ascending steps: ${line.slice(0, 80)}`,
        file,
        offset,
      );
    }
    offset += Buffer.byteLength(line) + 1;
  }
  if (steps.length < 2)
    throw new LosslineError('plan.invalid', 'A schedule needs at least two rows of step,lr.', file, 0);
  return { steps: Float64Array.from(steps), lrs: Float64Array.from(lrs) };
}
