import type { LogParser, LogSample, RecordSink, Verdict } from '../format';
import { LineSplitter } from '../text/lines';

/** Lines of the head that are looked at. */
const PROBE_LINES = 50;
const WORD = /(?<=[:,[]\s*)(-?)(NaN|Infinity)(?=\s*[,}\]])/g;
const decoder = new TextDecoder();

/** One event as a tracker wrote it: any JSON. */
export type JsonEvent = Readonly<Record<string, unknown>>;

/** Takes one event; false when it is none that the format knows. */
export type TakeEvent = (event: JsonEvent, sink: RecordSink) => boolean;

/**
 * Reads the queue of a tracker that was offline: JSON lines, each an event or a list of events. Words that JSON does not have
 * (`NaN`, `Infinity`) become texts.
 */
export class EventLines implements LogParser {
  #sink: RecordSink | undefined;
  readonly #lines = new LineSplitter((offset) =>
    this.#sink?.issue('line.tooLong', 'A line of more than 4 MB was left out.', offset),
  );

  constructor(readonly take: TakeEvent) {}

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#sink = sink;
    this.#lines.push(chunk, (bytes, from, to, offset) => this.#line(bytes.subarray(from, to), offset, sink));
  }

  /** Writers end every line. */
  flush(): void {}

  #line(bytes: Uint8Array, offset: number, sink: RecordSink): void {
    const text = decoder.decode(bytes).trim();
    if (text === '') return;
    const events = eventsOf(text);
    if (events === undefined) sink.issue('json.malformed', 'Not a JSON line.', offset);
    else for (const event of events) this.take(event, sink);
  }
}

/** `yes` when the first lines of a file hold events that `isKnown`. */
export function probeEvents({ head }: LogSample, isKnown: (event: JsonEvent) => boolean): Verdict {
  const end = head.lastIndexOf(0x0a);
  const lines = decoder
    .decode(head.subarray(0, Math.max(0, end)))
    .split('\n')
    .slice(0, PROBE_LINES);
  const first = lines[0]?.trimStart()[0];
  if (first !== '{' && first !== '[') return 'no';
  return lines.some((line) => eventsOf(line)?.some(isKnown) === true) ? 'yes' : 'no';
}

function eventsOf(text: string): JsonEvent[] | undefined {
  const value = parse(text) ?? parse(text.replace(WORD, '"$1$2"'));
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether `value` is a JSON object. */
export function isObject(value: unknown): value is JsonEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number, also one that was written as a text; `undefined` for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number;
}
