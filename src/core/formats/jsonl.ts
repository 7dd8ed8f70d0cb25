import type { LogFormat, LogParser, LogSample, RecordSink } from './format';
import { plainBytes } from './json/byteBuffer';
import { WRAPPER } from './json/field';
import { MetricRows } from './json/metricRows';
import { isBlank, JsonScanner } from './json/scan';
import { axisOf, canonicalSeries } from './keys';
import { LineSplitter } from './text/lines';
import { TextCheck } from './text/textCheck';

const LF = 0x0a;
/** Lines of the head that must be whole objects, at least this share, for the file to be JSON lines. */
const SHARE = 0.8;
const PROBE_LINES = 50;

/**
 * JSON lines: one object per line, whoever writes them. LLaMA-Factory (`current_steps`), ms-swift (`global_step`),
 * detectron2 and mmengine, verl, levanter, own scripts. Nested objects are flattened; numbers as texts count.
 * Source: the writers above, e.g. hiyouga/LLaMA-Factory train/callbacks.py, facebookresearch/detectron2
 * utils/events.py.
 */
export const jsonl: LogFormat = {
  id: 'jsonl',
  title: 'JSON lines',
  source: {
    authors: 'Ward',
    year: 2013,
    title: 'JSON Lines',
    id: 'wardi/jsonlines',
    where: 'text file, one JSON object per line',
  },
  kind: 'stream',
  hasEchoes: true,
  probe: (sample) => (look(sample).fits ? 'maybe' : 'no'),
  tellsRoles: (sample) => look(sample).tellsRoles,
  open: (sample) => new JsonlParser(sample),
};

function look(sample: LogSample): { readonly fits: boolean; readonly tellsRoles: boolean } {
  const scanner = new JsonScanner();
  let objects = 0;
  let lines = 0;
  let metrics = 0;
  let told = 0;
  const cut = sample.head.length;
  const isOneLine = cut < sample.size && sample.head.indexOf(LF) < 0;
  for (const [start, end] of isOneLine ? [[0, cut] as const] : wholeLines(sample)) {
    if (lines++ === PROBE_LINES) break;
    let step = false;
    let measured = false;
    let loss = false;
    const good = scanner.scan(sample.head, start, end, (path) => {
      step ||= axisOf(path) !== undefined || path === 'global_step/max_steps';
      const { name } = canonicalSeries(path.replace(WRAPPER, ''));
      measured ||= name !== path || /loss|reward/i.test(path);
      loss ||= /^(?:train|val)_loss/.test(name);
    });
    // A line longer than the head is an object as far as it goes.
    const fits = good || (isOneLine && scanner.position >= cut);
    if (fits) objects++;
    if (fits && (step || measured)) metrics++;
    if (fits && step && loss) told++;
  }
  return { fits: metrics > 0 && objects >= SHARE * Math.min(lines, PROBE_LINES), tellsRoles: told > 0 };
}

/** Lines of the head that are not blank; the last one only when the file ends with it. */
function* wholeLines({ head, size }: LogSample): Generator<readonly [start: number, end: number]> {
  let start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (start < head.length) {
    const feed = head.indexOf(LF, start);
    if (feed < 0 && head.length < size) return;
    const end = feed < 0 ? head.length : feed;
    let from = start;
    while (from < end && isBlank(head[from]!)) from++;
    if (from < end) yield [from, end];
    start = end + 1;
  }
}

class JsonlParser implements LogParser {
  readonly #rows = new MetricRows();
  readonly #lines: LineSplitter;
  readonly #check = new TextCheck();
  /** Why nothing is read from this file. */
  readonly #refused: string | undefined;
  #told = false;
  #sink: RecordSink | undefined;

  constructor(sample: LogSample) {
    this.#refused = this.#rows.survey(wholeLines(sample), sample.head);
    this.#lines = new LineSplitter((offset) =>
      this.#sink?.issue('line.tooLong', 'A line of more than 4 MB was left out.', offset),
    );
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    if (this.#refused !== undefined) {
      this.#refuse(sink);
      return;
    }
    this.#sink = sink;
    const rows = this.#rows;
    const bytes = plainBytes(chunk);
    rows.take(bytes);
    this.#check.take(chunk, this.#lines.holds);
    this.#lines.push(
      chunk,
      (line, start, end, offset) => this.#line(line, start, end, offset, sink, false),
      (_, start) => rows.repeats(start, sink),
      bytes,
    );
    rows.release();
  }

  flush(sink: RecordSink): void {
    this.#sink = sink;
    this.#lines.flush((bytes, start, end, offset) => this.#line(bytes, start, end, offset, sink, true));
  }

  #refuse(sink: RecordSink): void {
    if (this.#told) return;
    this.#told = true;
    sink.issue('csv.tableOfRuns', `Not the log of one run: ${this.#refused}.`, null);
  }

  #line(bytes: Uint8Array, start: number, end: number, offset: number, sink: RecordSink, ahead: boolean): void {
    let from = start;
    if (offset === 0 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    while (from < end && (isBlank(bytes[from]!) || bytes[from] === 0x5b || bytes[from] === 0x5d)) from++;
    if (from === end) return;
    this.#check.line(bytes, start, end, offset, sink, ahead);
    this.#rows.row(bytes, from, end, offset + from - start, sink, ahead);
    if (!ahead) this.#rows.claim(bytes, from, end);
  }
}
