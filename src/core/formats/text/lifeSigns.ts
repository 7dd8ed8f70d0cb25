import type { RecordSink } from '../format';
import { ascii, isNameByte, type Scanner } from './scanner';

const TRACEBACK = ascii('Traceback (most recent call last)');
const SLURM = ascii('slurmstepd: error: ***');
const KILLED = ascii('Killed');
const SEGFAULT = ascii('Segmentation fault');
const ENDINGS = [ascii('Error'), ascii('Exception'), ascii('Interrupt'), ascii('Exit')];
const MAX_REASON = 200;

/** What the lines between the records told of the run's end. */
export interface LifeSigns {
  /** A Python traceback has begun and its last line is still to come. */
  traceback: boolean;
  /** A failure was reported: launchers repeat the same one for every process. */
  failed: boolean;
}

/** Nothing seen. */
export function beginLifeSigns(): LifeSigns {
  return { traceback: false, failed: false };
}

/**
 * Reports the failure that a line of no grammar states: a job that Slurm cancelled, the last line of a Python
 * traceback, a killed or crashed process. Only the first failure of a file is reported; later ones follow from it.
 * Source: Slurm src/slurmd/slurmstepd/req.c, CPython Lib/traceback.py.
 */
export function readLifeSign(line: Scanner, signs: LifeSigns, sink: RecordSink): void {
  if (signs.failed || line.atEnd) return;
  const start = line.pos;
  const first = line.next;
  if (first === 0x54 && line.literal(TRACEBACK)) {
    signs.traceback = true;
    return;
  }
  const isEnd =
    (first === 0x73 && line.literal(SLURM)) ||
    (first === 0x4b && line.literal(KILLED) && line.atEnd) ||
    (first === 0x53 && line.literal(SEGFAULT)) ||
    (signs.traceback && isException(line, start));
  if (!isEnd) return;
  signs.failed = true;
  sink.status({ kind: 'failed', reason: line.text(start).slice(0, MAX_REASON) });
}

/** `torch.OutOfMemoryError: CUDA out of memory`: a dotted name that ends like an exception, then a colon or nothing. */
function isException(line: Scanner, start: number): boolean {
  const { bytes, end } = line;
  let at = start;
  while (at < end && (isNameByte(bytes[at]!) || bytes[at] === 0x2e)) at++;
  if (at < end && bytes[at] !== 0x3a) return false;
  return ENDINGS.some((ending) => {
    const from = at - ending.length;
    return from > start && ending.every((byte, i) => bytes[from + i] === byte);
  });
}
