import type { LogFormat, LogParser, LogSample, RecordSink, SeriesHandle, Verdict } from './format';
import { canonicalSeries } from './keys';
import { dvcliveMetric } from './text/dvclivePath';
import { LineSplitter } from './text/lines';
import { parseNumber } from './text/number';

const HEADER = /^(timestamp\t)?step\t[^\t\r\n]+\r?$/;
const LONGEST_LINE = 4096;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Metrics of DVCLive: one table per metric, `plots/metrics/<key>.tsv` in the folder of the run. The column has only the
 * last part of the key, so the folders tell training and validation apart.
 * Source: treeverse/dvclive, src/dvclive/plots/metric.py (Metric.dump).
 */
export const dvclive: LogFormat = {
  id: 'dvclive',
  title: 'DVCLive metric',
  source: {
    authors: 'Iterative',
    year: 2021,
    title: 'DVCLive',
    id: 'treeverse/dvclive',
    where: 'src/dvclive/plots/metric.py',
  },
  kind: 'stream',
  refines: 'csv',
  probe,
  open: ({ path, name }) => new MetricParser(dvcliveMetric(path ?? '')?.key ?? name.replace(/\.tsv$/, '')),
};

function probe({ path, head }: LogSample): Verdict {
  const feed = head.indexOf(0x0a);
  if (feed < 0 || feed > LONGEST_LINE || !HEADER.test(decoder.decode(head.subarray(0, feed)))) return 'no';
  return dvcliveMetric(path ?? '') === undefined ? 'no' : 'yes';
}

class MetricParser implements LogParser {
  readonly #lines = new LineSplitter((offset) =>
    this.#sink?.issue('line.tooLong', 'A line of more than 4 MB was left out.', offset),
  );
  /** The loss tells the time of steps: other metrics may be logged at steps of their own. */
  readonly #keepsTime: boolean;
  #sink: RecordSink | undefined;
  #timed = false;
  #handle: SeriesHandle = -2;
  #wallTime: SeriesHandle = -2;

  constructor(readonly key: string) {
    this.#keepsTime = canonicalSeries(key).name === 'train_loss';
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#sink = sink;
    this.#lines.push(chunk, (bytes, from, to, offset) => {
      const text = to - from > LONGEST_LINE ? '\t' : decoder.decode(bytes.subarray(from, to));
      if (HEADER.test(text)) this.#timed = text.startsWith('timestamp');
      else if (text.trim() !== '' || text === '\t') this.#row(text.split('\t'), offset, sink);
    });
  }

  /** Writers end every line; one that is unfinished may lack the end of its value. */
  flush(): void {}

  #row(cells: readonly string[], offset: number, sink: RecordSink): void {
    const first = this.#timed ? 1 : 0;
    const step = numberOf(cells[first] ?? '');
    const value = numberOf(cells[first + 1] ?? '');
    if (step === undefined || value === undefined || !Number.isFinite(step)) {
      sink.issue('line.malformed', 'A row is no step and value.', offset);
      return;
    }
    if (this.#handle === -2) this.#handle = sink.series(this.key);
    sink.point(this.#handle, step, value);
    const time = this.#timed && this.#keepsTime ? numberOf(cells[0]!) : undefined;
    if (time === undefined) return;
    if (this.#wallTime === -2) this.#wallTime = sink.series('wall_time');
    sink.point(this.#wallTime, step, time / 1000);
  }
}

function numberOf(text: string): number | undefined {
  const bytes = encoder.encode(text);
  return parseNumber(bytes, 0, bytes.length);
}
