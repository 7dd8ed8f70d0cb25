import type { LogFormat, LogParser, LogSample, RecordSink, SeriesHandle, Verdict } from './format';
import { canonicalSeries } from './keys';
import { LineSplitter } from './text/lines';
import { mlflowPart } from './text/mlflowPath';
import { parseNumber } from './text/number';

/** A line: milliseconds, value, step; newer versions add name and digest of a data set. */
const LINE = /^(\d{12,14}) (\S+)(?: (-?\d+)(?: \S+ \S+)?)?\s*$/;
const LONGEST_LINE = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Metrics of an MLflow file store: one file per metric, `metrics/<key>` in the folder of the run, a point per line.
 * Source: mlflow/mlflow, mlflow/store/tracking/file_store.py (_get_metric_from_line, _log_run_metric).
 */
export const mlflowMetric: LogFormat = {
  id: 'mlflowMetric',
  title: 'MLflow metric',
  source: {
    authors: 'MLflow',
    year: 2018,
    title: 'MLflow',
    id: 'mlflow/mlflow',
    where: 'mlflow/store/tracking/file_store.py',
  },
  kind: 'stream',
  probe,
  open: (sample) => new MetricParser(keyOf(sample)),
};

function probe(sample: LogSample): Verdict {
  const feed = sample.head.indexOf(0x0a);
  const end = feed < 0 ? sample.head.length : feed;
  if (end > LONGEST_LINE || !LINE.test(decoder.decode(sample.head.subarray(0, end)))) return 'no';
  return mlflowPart(sample.path ?? '')?.kind === 'metric' ? 'yes' : 'no';
}

function keyOf({ path, name }: LogSample): string {
  const part = path === undefined ? undefined : mlflowPart(path);
  return part?.kind === 'metric' ? part.key : name;
}

class MetricParser implements LogParser {
  readonly #lines = new LineSplitter((offset) =>
    this.#sink?.issue('line.tooLong', 'A line of more than 4 MB was left out.', offset),
  );
  /** The loss tells the time of steps: other metrics may be logged at steps of their own. */
  readonly #keepsTime: boolean;
  #sink: RecordSink | undefined;
  #handle: SeriesHandle = -2;
  #wallTime: SeriesHandle = -2;

  constructor(readonly key: string) {
    this.#keepsTime = canonicalSeries(key).name === 'train_loss';
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#sink = sink;
    this.#lines.push(chunk, (bytes, from, to, offset) => this.#line(bytes, from, to, offset, sink));
  }

  /** Writers end every line; one that is unfinished may lack the end of its step. */
  flush(): void {}

  #line(bytes: Uint8Array, from: number, to: number, offset: number, sink: RecordSink): void {
    if (to - from > LONGEST_LINE) {
      sink.issue('line.malformed', 'A line is no time, value and step.', offset);
      return;
    }
    const text = decoder.decode(bytes.subarray(from, to));
    const match = LINE.exec(text);
    const value = match === null ? undefined : numberOf(match[2]!);
    if (match === null || value === undefined) {
      if (text.trim() !== '') sink.issue('line.malformed', 'A line is no time, value and step.', offset);
      return;
    }
    const step = Number(match[3] ?? 0);
    if (this.#handle === -2) this.#handle = sink.series(this.key);
    sink.point(this.#handle, step, value);
    if (!this.#keepsTime) return;
    if (this.#wallTime === -2) this.#wallTime = sink.series('wall_time');
    sink.point(this.#wallTime, step, Number(match[1]) / 1000);
  }
}

function numberOf(text: string): number | undefined {
  const bytes = encoder.encode(text);
  return parseNumber(bytes, 0, bytes.length);
}
