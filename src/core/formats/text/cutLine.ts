import type { LineFile } from './lineFormat';
import { ascii, type Scanner } from './scanner';

const SLURM = ascii('slurmstepd: error: ***');
const MAX_REASON = 200;

/**
 * Reports a record of which a part was left out, and the end of the job if that is what was written into it. `start` is
 * where the record begins, `what` names it.
 */
export function reportCut<S>(line: Scanner, file: LineFile<S>, start: number, what: string): void {
  file.sink.issue('line.malformed', `${what}: a part of the line is no field and was left out.`, file.offset);
  const { pos } = line;
  line.pos = start;
  if (line.seek(SLURM)) {
    file.sink.status({ kind: 'failed', reason: line.text(line.pos - SLURM.length).slice(0, MAX_REASON) });
  }
  line.pos = pos;
}
