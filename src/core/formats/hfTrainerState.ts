import { MAX_DOCUMENT, MAX_LINE } from '../limits';
import type { LogFormat, LogParser, LogSample, RecordSink, Verdict } from './format';
import { ByteBuffer, plainBytes } from './json/byteBuffer';
import { readConfig } from './json/config';
import { MetricRows } from './json/metricRows';
import { isBlank } from './json/scan';

/** Everything of a state but its history: a few kB, more with callbacks that keep lists. */
const MAX_SHELL = 1024 * 1024;
const MAX_KEY = 32;
/** Nesting inside an entry: document, history, entry. */
const ENTRY_DEPTH = 3;
const HISTORY = 'log_history';
const SIGNATURE = new TextEncoder().encode(`"${HISTORY}"`);

/**
 * `trainer_state.json` of the Hugging Face Trainer, TRL, Axolotl, LLaMA-Factory: a JSON document with everything
 * logged up to its checkpoint in `log_history`. It is read as a stream of history entries; `NaN` and `Infinity` occur.
 * Source: huggingface/transformers, src/transformers/trainer_callback.py (TrainerState), trainer.py (log, evaluate).
 */
export const hfTrainerState: LogFormat = {
  id: 'hfTrainerState',
  title: 'Hugging Face Trainer state',
  source: {
    authors: 'Hugging Face',
    year: 2020,
    title: 'Transformers',
    id: 'huggingface/transformers',
    where: 'src/transformers/trainer_callback.py, TrainerState',
  },
  kind: 'document',
  probe,
  open: () => new TrainerStateParser(),
};

function probe({ head }: LogSample): Verdict {
  let at = head[0] === 0xef && head[1] === 0xbb ? 3 : 0;
  while (at < head.length && isBlank(head[at]!)) at++;
  if (head[at] !== 0x7b) return 'no';
  for (let found = head.indexOf(0x22, at); found >= 0; found = head.indexOf(0x22, found + 1)) {
    if (!SIGNATURE.every((byte, i) => head[found + i] === byte)) continue;
    let next = found + SIGNATURE.length;
    while (next < head.length && (isBlank(head[next]!) || head[next] === 0x3a)) next++;
    if (head[next] === 0x5b) return 'yes';
  }
  return 'no';
}

/** Where the reader is in the document. */
enum Place {
  Before,
  Shell,
  History,
  Entry,
  After,
  Stopped,
}

class TrainerStateParser implements LogParser {
  readonly #rows = new MetricRows();
  readonly #shell = new ByteBuffer(MAX_SHELL);
  readonly #entry = new ByteBuffer(MAX_LINE);
  #entryTooLong = false;
  #entryOffset = 0;
  #offset = 0;
  #place = Place.Before;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #key = '';
  #keyOpen = false;

  push(data: Uint8Array, sink: RecordSink): void {
    if (this.#stopped()) return;
    const chunk = plainBytes(data);
    if (this.#offset + chunk.length > MAX_DOCUMENT) {
      sink.issue(
        'file.tooLarge',
        `The document is larger than ${MAX_DOCUMENT} bytes: the rest is left out.`,
        this.#offset,
      );
      this.#place = Place.Stopped;
      return;
    }
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#place === Place.Entry) i = this.#throughEntry(chunk, i);
      else if (this.#inString && !this.#keyOpen && !this.#escaped) i = skipString(chunk, i);
      if (i === chunk.length) break;
      const before = this.#place;
      this.#byte(chunk[i]!);
      const now = this.#place;
      if (now === before) continue;
      if (before === Place.Shell)
        this.#keepShell(chunk, from, now === Place.After || now === Place.History ? i + 1 : i, sink);
      from = this.#change(before, now, chunk, from, i, sink);
      if (now === Place.Stopped) return;
    }
    if (this.#place === Place.Shell) this.#keepShell(chunk, from, chunk.length, sink);
    if (this.#place === Place.Entry) this.#keepEntry(chunk, from, chunk.length);
    this.#offset += chunk.length;
  }

  flush(sink: RecordSink): void {
    if (this.#place === Place.After || this.#stopped()) return;
    this.#reportShell(sink, false);
    sink.issue('json.malformed', 'The document ends early: it may be in the middle of being written.', this.#offset);
  }

  #stopped(): boolean {
    return this.#place === Place.Stopped;
  }

  /** Follows strings and nesting; `#place` says what the byte belongs to. */
  #byte(byte: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === 0x5c) this.#escaped = true;
      else if (byte === 0x22) {
        this.#inString = false;
        this.#keyOpen = false;
      }
      if (this.#keyOpen && this.#key.length < MAX_KEY) this.#key += String.fromCharCode(byte);
      return;
    }
    if (this.#place === Place.Before || this.#place === Place.After) this.#outside(byte);
    else if (byte === 0x22) {
      this.#inString = true;
      if (this.#place === Place.Shell && this.#depth === 1) {
        this.#keyOpen = true;
        this.#key = '';
      }
    } else if (byte === 0x7b || byte === 0x5b) this.#deeper(byte);
    else if (byte === 0x7d || byte === 0x5d) this.#shallower();
  }

  /** Goes on inside an entry to the bracket that closes it, or to the end of the chunk. Nearly all bytes are there. */
  #throughEntry(chunk: Uint8Array, at: number): number {
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let i = at;
    for (; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
      } else if (byte === 0x22) inString = true;
      else if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) {
        if (depth === ENTRY_DEPTH) break;
        depth--;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return i;
  }

  #outside(byte: number): void {
    if (isBlank(byte) || (this.#place === Place.Before && byte >= 0xbb)) return;
    if (this.#place === Place.Before && byte === 0x7b) {
      this.#depth = 1;
      this.#place = Place.Shell;
    } else this.#place = Place.Stopped;
  }

  #deeper(byte: number): void {
    this.#depth++;
    if (this.#place === Place.Shell && this.#depth === 2 && byte === 0x5b && this.#key === HISTORY)
      this.#place = Place.History;
    else if (this.#place === Place.History && byte === 0x7b) this.#place = Place.Entry;
  }

  #shallower(): void {
    this.#depth--;
    if (this.#place === Place.Entry && this.#depth === 2) this.#place = Place.History;
    else if (this.#place === Place.History && this.#depth === 1) {
      this.#place = Place.Shell;
      this.#key = '';
    } else if (this.#depth === 0) this.#place = Place.After;
  }

  /** Acts on a change of place at byte `i`; returns where the bytes of the new place begin. */
  #change(before: Place, now: Place, chunk: Uint8Array, from: number, i: number, sink: RecordSink): number {
    if (now === Place.Entry) this.#entryOffset = this.#offset + i;
    if (before === Place.Entry) this.#endEntry(chunk, from, i + 1, sink);
    if (now === Place.After) this.#reportShell(sink, true);
    if (now === Place.Stopped) {
      const message = before === Place.Before ? 'Not a JSON object.' : 'Something follows the end of the document.';
      sink.issue('json.malformed', message, this.#offset + i);
    }
    return i;
  }

  #keepShell(chunk: Uint8Array, from: number, to: number, sink: RecordSink): void {
    if (this.#shell.append(chunk, from, to)) return;
    sink.issue('file.tooLarge', 'The state beside the history is larger than 1 MB: it is left out.', null);
  }

  #keepEntry(chunk: Uint8Array, from: number, to: number): void {
    if (!this.#entryTooLong) this.#entryTooLong = !this.#entry.append(chunk, from, to);
  }

  #endEntry(chunk: Uint8Array, from: number, to: number, sink: RecordSink): void {
    const held = this.#entry.length;
    if (held > 0) this.#keepEntry(chunk, from, to);
    if (this.#entryTooLong || to - from > MAX_LINE) {
      sink.issue('line.tooLong', 'An entry of more than 4 MB was left out.', this.#entryOffset);
    } else if (held > 0) this.#rows.row(this.#entry.view(), 0, this.#entry.length, this.#entryOffset, sink);
    else this.#rows.row(chunk, from, to, this.#entryOffset, sink);
    this.#entry.clear();
    this.#entryTooLong = false;
  }

  /** Plan and config from what stands beside the history. A number at the very end of a cut document may be torn. */
  #reportShell(sink: RecordSink, whole: boolean): void {
    const shell = this.#shell.view();
    const end = whole ? shell.length : shell.lastIndexOf(0x2c);
    const good = readConfig(shell, 0, Math.max(0, end), (key, value) => {
      if (key.includes('/') || key.includes('[') || key.startsWith('is_') || value === null) return;
      sink.config(key, value);
      if (key === 'max_steps' && typeof value === 'number' && value > 0) {
        sink.plan({ totalSteps: value }, 'max_steps in the trainer state');
      }
    });
    if (whole && !good) sink.issue('json.malformed', 'The state beside the history is not valid JSON.', null);
  }
}

/** The next quote or backslash from `at` on, or the end. */
function skipString(chunk: Uint8Array, at: number): number {
  let i = at;
  while (i < chunk.length && chunk[i] !== 0x22 && chunk[i] !== 0x5c) i++;
  return i;
}
