import type { ConfigValue } from '../model';
import type { LogFormat, LogParser, LogSample, RecordSink, Verdict } from './format';
import { plainBytes } from './json/byteBuffer';
import { CONFIG_PART, configValue } from './json/config';
import { JsonScanner } from './json/scan';
import { isTotalKey } from './keys';
import { LogBlockSplitter } from './protobuf/logBlocks';
import { HistoryRows } from './protobuf/wandbHistory';
import { itemOf } from './protobuf/wandbItem';
import { readSigned, visitFields } from './protobuf/wire';

/** `:W&B`, the number 0xBEE1 and a version. */
const HEADER = 7;
const MAGIC = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe];
/** What W&B records for a run that was ended by an interrupt. */
const INTERRUPTED = 255;

/** Fields of a record that are read. Source: wandb/wandb, wandb/proto/wandb_internal.proto (Record). */
enum Part {
  History = 2,
  Config = 5,
  Metric = 12,
  Run = 17,
  Exit = 18,
}

/**
 * Run files of Weights & Biases, written beside every online and offline run. Console output, system metrics and the
 * summary, which repeats the last row, are passed over.
 * Source: wandb/wandb, wandb/sdk/internal/datastore.py, core/pkg/leveldb, wandb/proto/wandb_internal.proto.
 */
export const wandb: LogFormat = {
  id: 'wandb',
  title: 'W&B run file',
  source: {
    authors: 'Weights & Biases',
    year: 2017,
    title: 'W&B',
    id: 'wandb/wandb',
    where: 'wandb/sdk/internal/datastore.py, wandb/proto/wandb_internal.proto',
  },
  kind: 'stream',
  probe,
  open: () => new RunFileParser(),
};

function probe({ head }: LogSample): Verdict {
  return MAGIC.every((byte, i) => head[i] === byte) ? 'yes' : 'no';
}

class RunFileParser implements LogParser {
  readonly #blocks = new LogBlockSplitter(HEADER);
  readonly #rows = new HistoryRows();
  readonly #scanner = new JsonScanner();

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#blocks.push(plainBytes(chunk), sink, (bytes, from, to, offset) => {
      if (!this.#record(bytes, from, to, sink)) {
        sink.issue('record.malformed', 'A record is no readable message.', offset);
      }
    });
  }

  flush(): void {}

  /** False when the message is malformed; what stood before the fault was reported. */
  #record(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    let good = true;
    const whole = visitFields(bytes, from, to, (field, type, start, end) => {
      if (type !== 2) return;
      if (field === Part.History) good &&= this.#rows.row(bytes, start, end, sink);
      else if (field === Part.Config) good &&= this.#config(bytes, start, end, sink);
      else if (field === Part.Metric) good &&= this.#rows.define(bytes, start, end);
      else if (field === Part.Run) good &&= this.#run(bytes, start, end, sink);
      else if (field === Part.Exit) good &&= exit(bytes, start, end, sink);
    });
    return whole && good;
  }

  #run(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    let good = true;
    const whole = visitFields(bytes, from, to, (field, type, start, end) => {
      if (field === 4 && type === 2) good &&= this.#config(bytes, start, end, sink);
    });
    return whole && good;
  }

  #config(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
    let good = true;
    const whole = visitFields(bytes, from, to, (field, type, start, end) => {
      if (field !== 1 || type !== 2) return;
      const item = itemOf(bytes, start, end, '/');
      good &&= item !== undefined;
      if (item === undefined || item.key === '_wandb' || item.key.startsWith('_wandb/')) return;
      this.#value(item.key, bytes.subarray(item.from, item.to), sink);
    });
    return whole && good;
  }

  /** A value as JSON text, flattened: as the only value of an object it is read like any other. */
  #value(key: string, json: Uint8Array, sink: RecordSink): void {
    const object = new Uint8Array(json.length + 5);
    object.set([0x7b, 0x22, 0x22, 0x3a]);
    object.set(json, 4);
    object[object.length - 1] = 0x7d;
    this.#scanner.scan(object, 0, object.length, (path, kind, from, to) => {
      const inside = path === '' || path.startsWith('[') ? path : `/${path}`;
      reportConfig(key + inside, configValue(object, kind, from, to), sink);
    });
  }
}

function reportConfig(key: string, value: ConfigValue, sink: RecordSink): void {
  if (value === null) return;
  sink.config(key, value);
  if (typeof value === 'number' && value > 0 && Number.isFinite(value) && isTotalKey(key.replace(CONFIG_PART, ''))) {
    sink.plan({ totalSteps: value }, `${key} in the W&B config`);
  }
}

/** A code of 0 is left out by protocol buffers: an empty message is a good end. */
function exit(bytes: Uint8Array, from: number, to: number, sink: RecordSink): boolean {
  let code = 0;
  const whole = visitFields(bytes, from, to, (field, type, start, end) => {
    if (field === 1 && type === 0) code = readSigned(bytes, start, end);
  });
  if (!whole) return false;
  if (code === 0) sink.status({ kind: 'finished' });
  else {
    const why = code === INTERRUPTED ? 'Interrupted by the user' : 'Ended with an error';
    sink.status({ kind: 'failed', reason: `${why} (exit code ${code}).` });
  }
  return true;
}
