import type { LogParser, LogSample, RecordSink, SeriesHandle, Verdict } from '../format';

const LF = 0x0a;
/** Matching lines that make a signature. */
const ENOUGH = 3;
/** A file below this size can be a whole log with one or two lines. */
const SHORT = 4096;

/** A parser that counts its lines by what they were: none, a fact, points, points that any log may have. */
export interface CountingParser extends LogParser {
  readonly matches: readonly number[];
}

/**
 * Whether `sample` is a log that the parsers of `open` read: `yes` with three matching lines in its ends whose steps
 * rarely fall, or with one in a file of a few kB; `maybe` with fewer, `settings` with what stands before them only.
 */
export function verdictOf(sample: LogSample, open: () => CountingParser): Verdict {
  const sink = new StepSink();
  let points = 0;
  let facts = 0;
  for (const bytes of [sample.head, afterFirstLine(sample.tail)]) {
    if (bytes.length === 0) continue;
    const parser = open();
    parser.push(bytes, sink);
    if (bytes === sample.head && sample.tail.length === 0) parser.flush(sink);
    points += parser.matches[2]!;
    facts += parser.matches[1]!;
  }
  const steady = sink.falls * 4 <= points;
  if (points >= ENOUGH && steady) return 'yes';
  if (points > 0 && sample.size <= SHORT && sink.falls === 0) return 'yes';
  if (points > 0) return 'maybe';
  return facts >= ENOUGH ? 'settings' : 'no';
}

function afterFirstLine(tail: Uint8Array): Uint8Array {
  const end = tail.indexOf(LF);
  return end < 0 ? tail.subarray(tail.length) : tail.subarray(end + 1);
}

/** Keeps nothing but the number of times that steps fell. */
class StepSink implements RecordSink {
  falls = 0;
  #last = Number.NEGATIVE_INFINITY;
  #handles = 0;

  series(): SeriesHandle {
    return this.#handles++;
  }

  point(_series: SeriesHandle, step: number): void {
    if (step < this.#last) this.falls++;
    this.#last = step;
  }

  stepUnit(): void {}
  config(): void {}
  plan(): void {}
  status(): void {}
  issue(): void {}
}
