import { MAX_CONFIG_TEXT, MAX_SERIES_PER_FILE } from '../limits';
import type { ConfigValue } from '../model';
import type { LogFormat, LogParser, LogSample, RecordSink, SeriesHandle, Verdict } from './format';
import { plainBytes } from './json/byteBuffer';
import { CONFIG_PART, readConfig } from './json/config';
import { isTotalKey, nameColumns } from './keys';
import { readHparams } from './protobuf/hparams';
import { scalarOfTensor } from './protobuf/tensor';
import { isHeader, TfRecordSplitter } from './protobuf/tfRecord';
import { doubleAt, floatAt, readSigned, readVarint, skipValue, visitFields, wireEnd } from './protobuf/wire';
import { seriesInFolder } from './text/eventFolder';

const HEADER = 12;
/** Time, step of one byte, and a summary of one value with an empty tag. */
const SHORTEST_SINGLE = 9 + 2 + 4 + 2 + 5;
const MAX_TAGS = MAX_SERIES_PER_FILE * 4;
const TEXT_SUFFIX = '/text_summary';
/** Text summaries that carry the arguments of the run itself. */
const OWN_ARGUMENTS = /^(?:args|arguments|config|hparams|hyperparameters)$/;

/**
 * TensorBoard event files of every writer: TensorFlow 1 and 2, Keras, PyTorch, tensorboardX, Lightning, Megatron.
 * Source: tensorflow/tensorflow, core/util/event.proto, core/framework/summary.proto; tensorflow/tensorboard.
 */
export const tensorboard: LogFormat = {
  id: 'tensorboard',
  title: 'TensorBoard event file',
  source: {
    authors: 'TensorFlow',
    year: 2015,
    title: 'TensorBoard',
    id: 'tensorflow/tensorboard',
    where: 'tensorboard/compat/proto/event.proto, summary.proto',
  },
  kind: 'stream',
  probe,
  open: ({ path, head }) => {
    const folder = path?.replace(/[/\\][^/\\]*$/, '') ?? '';
    return new EventParser(folder, namesOfTwins(head, folder));
  },
};

/** A whole first header, and a payload that begins with a wall time, as every event does. */
function probe({ head }: LogSample): Verdict {
  return head.length > HEADER && isHeader(head, 0) && (head[HEADER] === 0x09 || head[HEADER] === 0x10) ? 'yes' : 'no';
}

/**
 * Names of the losses that stand beside another one under a tag of the same meaning (`loss` and `train/loss`): the same in each
 * file of a run, whichever tag comes first in it.
 */
function namesOfTwins(head: Uint8Array, folder: string): ReadonlyMap<string, string> {
  const tags: string[] = [];
  const none = (): void => undefined;
  const series = (label: string): number => tags.push(label) - 1;
  const sink = { series, point: none, stepUnit: none, config: none, plan: none, status: none, issue: none };
  new EventParser(folder, new Map()).push(head, sink);
  const names = nameColumns(tags);
  return new Map(tags.flatMap((tag, i) => (names[i] === 'eval_train_loss' ? [[tag, names[i]] as const] : [])));
}

/** A tag that was met: how to report its values. */
interface Tag {
  readonly name: string;
  /** Canonical name, with what the folder says. */
  readonly series: string;
  readonly bytes: Uint8Array;
  handle: SeriesHandle;
  /** May tell the time of steps: its steps are those of the run. */
  readonly keepsTime: boolean;
  readonly isLoss: boolean;
  readonly finishes: boolean;
  /** Tag that followed it last time: writers repeat their order. */
  next: Tag | undefined;
}

const decoder = new TextDecoder();

class EventParser implements LogParser {
  readonly #records = new TfRecordSplitter(hasSummary);
  readonly #tags = new Map<number, Tag[]>();
  #tagCount = 0;
  #last: Tag | undefined;
  #clock: Tag | undefined;
  #clockStep = Number.NEGATIVE_INFINITY;
  #wallTime: SeriesHandle = -2;
  #step = 0;
  #time = Number.NaN;

  /** `folder`: the path of the folder that the file lies in, empty when unknown. `twins`: names of tags beside others. */
  constructor(
    readonly folder: string,
    readonly twins: ReadonlyMap<string, string>,
  ) {}

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#records.push(plainBytes(chunk), sink, (bytes, from, to, offset) => {
      if (!this.#single(bytes, from, to, sink) && !this.#event(bytes, from, to, sink)) {
        sink.issue('record.malformed', 'A record holds no readable event.', offset);
      }
    });
  }

  flush(sink: RecordSink): void {
    this.#records.flush(sink);
  }

  /**
   * Reads an event of the form that makes up nearly all of a file: time, step, one `simple_value`, in this order and
   * with short lengths. False, and nothing is done, for any other.
   */
  #single(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    if (to - from < SHORTEST_SINGLE || bytes[from] !== 0x09 || bytes[from + 9] !== 0x10) return false;
    let at = from + 10;
    let step = bytes[at++]!;
    if (step >= 0x80) {
      step = readVarint(bytes, at - 1, to);
      at = wireEnd;
      if (at < 0 || step >= 2 ** 53) return false;
    }
    const length = bytes[at + 1]!;
    const name = bytes[at + 5]!;
    const value = at + 6 + name;
    if (length >= 0x80 || at + 2 + length !== to || value + 5 !== to) return false;
    if (bytes[at] !== 0x2a || bytes[at + 2] !== 0x0a || bytes[at + 3] !== length - 2) return false;
    if (bytes[at + 4] !== 0x0a || bytes[value] !== 0x15) return false;
    this.#step = step;
    this.#time = doubleAt(bytes, from + 1);
    this.#scalar(bytes, at + 6, value, floatAt(bytes, value + 1), sink);
    return true;
  }

  /** False when the message is malformed; what stood before the fault was reported. */
  #event(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    this.#step = 0;
    this.#time = Number.NaN;
    let summaryFrom = -1;
    let summaryTo = -1;
    let several = false;
    for (let at = from; at < to; ) {
      const tag = readVarint(bytes, at, to);
      if (wireEnd < 0) return false;
      const start = wireEnd;
      const end = skipValue(bytes, start, to, tag & 7);
      if (end < 0) return false;
      if (tag === 0x09) this.#time = doubleAt(bytes, start);
      else if (tag === 0x10) this.#step = readSigned(bytes, start, end);
      else if (tag === 0x2a) {
        several = summaryFrom >= 0;
        readVarint(bytes, start, end);
        summaryFrom = wireEnd;
        summaryTo = end;
      }
      at = end;
    }
    if (!several) return summaryFrom < 0 || this.#summary(bytes, summaryFrom, summaryTo, sink);
    let good = true;
    visitFields(bytes, from, to, (field, type, start, end) => {
      if (field === 5 && type === 2 && !this.#summary(bytes, start, end, sink)) good = false;
    });
    return good;
  }

  #summary(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    for (let at = from; at < to; ) {
      const tag = readVarint(bytes, at, to);
      if (wireEnd < 0) return false;
      const start = wireEnd;
      const end = skipValue(bytes, start, to, tag & 7);
      if (end < 0) return false;
      if (tag === 0x0a) {
        readVarint(bytes, start, end);
        if (!this.#value(bytes, wireEnd, end, sink)) return false;
      }
      at = end;
    }
    return true;
  }

  #value(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    let nameFrom = 0;
    let nameTo = 0;
    let scalar = Number.NaN;
    let isScalar = false;
    let tensorFrom = -1;
    let tensorTo = -1;
    let metaFrom = -1;
    let metaTo = -1;
    for (let at = from; at < to; ) {
      const tag = readVarint(bytes, at, to);
      if (wireEnd < 0) return false;
      let start = wireEnd;
      const end = skipValue(bytes, start, to, tag & 7);
      if (end < 0) return false;
      if ((tag & 7) === 2) {
        readVarint(bytes, start, end);
        start = wireEnd;
      }
      if (tag === 0x0a) {
        nameFrom = start;
        nameTo = end;
      } else if (tag === 0x15) {
        scalar = floatAt(bytes, start);
        isScalar = true;
      } else if (tag === 0x42) {
        tensorFrom = start;
        tensorTo = end;
      } else if (tag === 0x4a) {
        metaFrom = start;
        metaTo = end;
      }
      at = end;
    }
    if (isScalar) this.#scalar(bytes, nameFrom, nameTo, scalar, sink);
    else if (tensorFrom >= 0) this.#tensor(bytes, nameFrom, nameTo, tensorFrom, tensorTo, sink);
    else if (metaFrom >= 0) this.#hparams(bytes, nameFrom, nameTo, metaFrom, metaTo, sink);
    return true;
  }

  #tensor(bytes: Uint8Array, nameFrom: number, nameTo: number, from: number, to: number, sink: RecordSink): void {
    const value = scalarOfTensor(bytes, from, to);
    if (value === undefined) return;
    if (value.kind === 'number') {
      this.#scalar(bytes, nameFrom, nameTo, value.value, sink);
      return;
    }
    const name = decoder.decode(bytes.subarray(nameFrom, nameTo));
    if (name.endsWith(TEXT_SUFFIX)) this.#text(name.slice(0, -TEXT_SUFFIX.length), bytes, value.from, value.to, sink);
  }

  #scalar(bytes: Uint8Array, nameFrom: number, nameTo: number, value: number, sink: RecordSink): void {
    const tag = this.#tagOf(bytes, nameFrom, nameTo);
    if (tag === undefined) return;
    if (tag.handle === -2) this.#meet(tag, sink);
    sink.point(tag.handle, this.#step, value);
    if (tag.finishes) sink.status({ kind: 'finished' });
    if (tag.keepsTime) this.#tellTime(tag, sink);
  }

  #meet(tag: Tag, sink: RecordSink): void {
    tag.handle = sink.series(tag.name, tag.series);
    if (tag.name.startsWith('epoch_')) sink.stepUnit('epoch');
  }

  /**
   * One wall time per step. One tag leads, the training loss once it is known: other tags may count samples or
   * evaluations. Only the leading tag may go back, as it does when a run was resumed.
   */
  #tellTime(tag: Tag, sink: RecordSink): void {
    if (this.#clock === undefined || (tag.isLoss && !this.#clock.isLoss)) this.#clock = tag;
    const moved = tag === this.#clock ? this.#step !== this.#clockStep : this.#step > this.#clockStep;
    if (!moved || Number.isNaN(this.#time)) return;
    if (tag !== this.#clock && this.#clock.isLoss) return;
    this.#clockStep = this.#step;
    if (this.#wallTime === -2) this.#wallTime = sink.series('wall_time');
    sink.point(this.#wallTime, this.#step, this.#time);
  }

  /** Arguments as JSON, as a Markdown table, or one value per tag. */
  #text(name: string, bytes: Uint8Array, from: number, to: number, sink: RecordSink): void {
    const own = OWN_ARGUMENTS.test(name);
    const report = (key: string, value: ConfigValue) => reportConfig(own ? key : `${name}/${key}`, value, name, sink);
    if (bytes[from] === 0x7b && readConfig(bytes, from, to, report)) return;
    const text = decoder.decode(bytes.subarray(from, Math.min(to, from + MAX_CONFIG_TEXT * 8)));
    const rows = [...text.matchAll(/^\s*\|([^|\n]+)\|([^|\n]*)\|\s*$/gm)].filter(
      (row) => !/^\s*:?-+:?\s*$/.test(row[1]!),
    );
    if (rows.length > 1) for (const row of rows) reportConfig(row[1]!.trim(), plainValue(row[2]!.trim()), name, sink);
    else reportConfig(name, plainValue(text), name, sink);
  }

  #hparams(bytes: Uint8Array, nameFrom: number, nameTo: number, from: number, to: number, sink: RecordSink): void {
    const name = decoder.decode(bytes.subarray(nameFrom, nameTo));
    if (name !== '_hparams_/session_start_info') return;
    visitFields(bytes, from, to, (field, type, start, end) => {
      if (field !== 1 || type !== 2) return;
      visitFields(bytes, start, end, (part, kind, partFrom, partTo) => {
        if (part === 2 && kind === 2) {
          readHparams(bytes, partFrom, partTo, (key, value) => reportConfig(key, value, 'hparams', sink));
        }
      });
    });
  }

  /** The tag with the name [from, to); `undefined` past the limit on tags. */
  #tagOf(bytes: Uint8Array, from: number, to: number): Tag | undefined {
    const guess = this.#last?.next;
    if (guess !== undefined && sameBytes(guess.bytes, bytes, from, to)) {
      this.#last = guess;
      return guess;
    }
    let hash = to - from;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const alike = this.#tags.get(hash) ?? [];
    let tag = alike.find((each) => sameBytes(each.bytes, bytes, from, to));
    if (tag === undefined) {
      if (this.#tagCount >= MAX_TAGS) return undefined;
      this.#tagCount++;
      tag = newTag(bytes.slice(from, to), this);
      this.#tags.set(hash, [...alike, tag]);
    }
    if (this.#last !== undefined) this.#last.next = tag;
    this.#last = tag;
    return tag;
  }
}

function newTag(bytes: Uint8Array, { folder, twins }: EventParser): Tag {
  const name = decoder.decode(bytes);
  const series = twins.get(name) ?? seriesInFolder(folder, name);
  return {
    name,
    series,
    bytes,
    handle: -2,
    keepsTime: !/ vs |_vs_/.test(name),
    isLoss: series === 'train_loss',
    finishes: name === 'train/train_runtime',
    next: undefined,
  };
}

function sameBytes(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
  return true;
}

function reportConfig(key: string, value: ConfigValue, where: string, sink: RecordSink): void {
  if (value === null) return;
  sink.config(key, value);
  if (typeof value === 'number' && value > 0 && Number.isFinite(value) && isTotalKey(key.replace(CONFIG_PART, ''))) {
    sink.plan({ totalSteps: value }, `${key} in ${where}`);
  }
}

/** A hyperparameter written as text. */
function plainValue(text: string): ConfigValue {
  if (/^(?:None|null)$/.test(text)) return null;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/** Whether the event that begins at `from` carries a summary, as far as its first bytes tell. */
function hasSummary(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const tag = readVarint(bytes, at, to);
    if (wireEnd < 0) return true;
    if (tag === 0x2a) return true;
    if ((tag & 7) === 2) return false;
    const end = skipValue(bytes, wireEnd, to, tag & 7);
    if (end < 0) return false;
    at = end;
  }
  return false;
}
