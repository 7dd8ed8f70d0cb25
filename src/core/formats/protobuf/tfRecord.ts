import { MAX_EVENT_RECORD } from '../../limits';
import type { RecordSink } from '../format';
import { ByteBuffer } from '../json/byteBuffer';
import { crc32c, maskedCrc } from './crc32c';
import { uint32At } from './wire';

/** Receives the payload [from, to) of a record whose frame begins at `offset` of the file. */
export type RecordHandler = (bytes: Uint8Array, from: number, to: number, offset: number) => void;

/** Length and checksum of the length. */
const HEADER = 12;
const FOOTER = 4;
/** Payload bytes that are held of a record before it is asked whether it is wanted at all. */
const PEEK = 4096;
/** Payload of an unfinished record that is worth a word: scalars take less. */
const LARGE = 1024 * 1024;
/** Payload that is held at most: summaries with images reach some MB. */
const MAX_HELD = 32 * 1024 * 1024;

enum State {
  Header,
  Payload,
  /** Payload that nobody wants: only its checksum is computed. */
  Skip,
  /** After a damaged frame: looking for the next whole header. */
  Search,
}

/**
 * Cuts chunks into TFRecord payloads and checks both checksums of each. An unfinished record waits; a stated length
 * takes no memory before its bytes arrive. After a damaged header or payload, and where a record states more bytes than
 * are its own, the next header whose checksum fits is taken: by chance one does in 2^64 positions.
 * Source: tensorflow/tensorflow, core/lib/io/record_writer.h.
 */
export class TfRecordSplitter {
  readonly #held = new ByteBuffer(MAX_HELD);
  readonly #footer = new Uint8Array(FOOTER);
  #state = State.Header;
  #offset = 0;
  /** Of the record being read: offset of its frame, payload length, payload and footer bytes seen, checksum so far. */
  #frame = 0;
  #length = 0;
  #seen = 0;
  #crc = 0;
  /** Last bytes of the record being read: a header may begin in them. */
  readonly #tail = new ByteBuffer(HEADER - 1);
  /** Frame of the record that was reported last. */
  #reported = -1;

  /** `isWanted` looks at the first bytes of a large payload. */
  constructor(readonly isWanted: (bytes: Uint8Array, from: number, to: number) => boolean) {}

  push(chunk: Uint8Array, sink: RecordSink, onRecord: RecordHandler): void {
    let bytes = chunk;
    let base = this.#offset;
    this.#offset += chunk.length;
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === State.Search) {
        if (this.#held.length > 0) {
          const joined = new Uint8Array(this.#held.length + bytes.length - at);
          joined.set(this.#held.view());
          joined.set(bytes.subarray(at), this.#held.length);
          base += at - this.#held.length;
          bytes = joined;
          at = 0;
          this.#held.clear();
        }
        at = this.#search(bytes, at);
      } else if (this.#state === State.Header) at = this.#header(bytes, at, base, sink, onRecord);
      else at = this.#payload(bytes, at, sink, onRecord);
    }
  }

  /** Reports a record that states far more bytes than there are; called when no more are expected. */
  flush(sink: RecordSink): void {
    const isOpen = this.#state === State.Payload || this.#state === State.Skip;
    if (!isOpen || this.#length < LARGE || this.#reported === this.#frame) return;
    const message = `The last record states ${this.#length} bytes, of which ${this.#seen} are there.`;
    sink.issue('record.length', message, this.#frame);
  }

  #header(bytes: Uint8Array, at: number, base: number, sink: RecordSink, onRecord: RecordHandler): number {
    const held = this.#held.length;
    if (held === 0 && bytes.length - at >= HEADER) return this.#frameAt(bytes, at, base + at, sink, onRecord);
    const take = Math.min(HEADER - held, bytes.length - at);
    this.#held.append(bytes, at, at + take);
    if (this.#held.length === HEADER) {
      const header = this.#held.view().slice();
      this.#held.clear();
      this.#frameAt(header, 0, base + at + take - HEADER, sink, onRecord);
      if (this.#state === State.Search) this.#held.append(header, 1, HEADER);
    }
    return at + take;
  }

  /** Reads the header at `at`, and the whole record where it lies in `bytes`. Returns where to go on. */
  #frameAt(bytes: Uint8Array, at: number, offset: number, sink: RecordSink, onRecord: RecordHandler): number {
    if (!isHeader(bytes, at)) {
      const sound = checkHeader(bytes, at);
      if (sound) sink.issue('record.length', `A record states more than ${MAX_EVENT_RECORD} bytes.`, offset);
      else
        sink.issue('record.checksum', 'The header of a record is damaged: looking for the next whole record.', offset);
      this.#state = State.Search;
      return at + 1;
    }
    const length = uint32At(bytes, at);
    const from = at + HEADER;
    if (bytes.length - from >= length + FOOTER) {
      if (maskedCrc(crc32c(bytes, from, from + length)) === (uint32At(bytes, from + length) | 0)) {
        onRecord(bytes, from, from + length, offset);
        return from + length + FOOTER;
      }
      reportChecksum(offset, sink);
      this.#state = State.Search;
      return from;
    }
    this.#tail.clear();
    this.#state = State.Payload;
    this.#frame = offset;
    this.#length = length;
    this.#seen = 0;
    this.#crc = 0;
    return from;
  }

  #payload(bytes: Uint8Array, at: number, sink: RecordSink, onRecord: RecordHandler): number {
    const left = this.#length - this.#seen;
    const take = Math.min(left > 0 ? left : left + FOOTER, bytes.length - at);
    if (this.#endsAt(bytes, at, at + take)) {
      if (this.#reported !== this.#frame) reportChecksum(this.#frame, sink);
      this.#held.clear();
      this.#held.append(this.#tail.view(), 0, this.#tail.length);
      this.#state = State.Search;
      return at;
    }
    if (left > 0) {
      this.#crc = crc32c(bytes, at, at + take, this.#crc);
      if (this.#state === State.Payload) this.#hold(bytes, at, at + take, sink);
      this.#seen += take;
      this.#keepTail(bytes, at, at + take);
      return at + take;
    }
    this.#footer.set(bytes.subarray(at, at + take), this.#seen - this.#length);
    this.#seen += take;
    this.#keepTail(bytes, at, at + take);
    if (this.#seen === this.#length + FOOTER) this.#endRecord(sink, onRecord);
    return at + take;
  }

  /** Whether a header stands in the last bytes seen and [from, to): the record states more bytes than are its own. */
  #endsAt(bytes: Uint8Array, from: number, to: number): boolean {
    const before = this.#tail.length;
    const edge = new Uint8Array(before + Math.min(HEADER - 1, to - from));
    edge.set(this.#tail.view());
    edge.set(bytes.subarray(from, from + edge.length - before), before);
    return findHeader(edge, 0, edge.length) >= 0 || findHeader(bytes, from, to) >= 0;
  }

  #keepTail(bytes: Uint8Array, from: number, to: number): void {
    const rest = Math.max(0, Math.min(this.#tail.length, HEADER - 1 - (to - from)));
    const kept = this.#tail.view().slice(this.#tail.length - rest);
    this.#tail.clear();
    this.#tail.append(kept, 0, rest);
    this.#tail.append(bytes, Math.max(from, to - (HEADER - 1)), to);
  }

  #hold(bytes: Uint8Array, from: number, to: number, sink: RecordSink): void {
    const before = this.#held.length;
    const fits = this.#held.append(bytes, from, to);
    if (!fits) {
      this.#reported = this.#frame;
      sink.issue('record.length', `A summary of more than ${MAX_HELD} bytes was left out.`, this.#frame);
    }
    const decides = before < PEEK && this.#held.length >= PEEK;
    if (fits && !(decides && !this.isWanted(this.#held.view(), 0, this.#held.length))) return;
    this.#held.clear();
    this.#state = State.Skip;
  }

  #endRecord(sink: RecordSink, onRecord: RecordHandler): void {
    const whole = maskedCrc(this.#crc) === (uint32At(this.#footer, 0) | 0);
    if (!whole) reportChecksum(this.#frame, sink);
    else if (this.#state === State.Payload) onRecord(this.#held.view(), 0, this.#length, this.#frame);
    this.#held.clear();
    if (!whole) this.#held.append(this.#tail.view(), 0, this.#tail.length);
    this.#state = whole ? State.Header : State.Search;
  }

  /** Looks for a header from `at` on; what may be the beginning of one is held. */
  #search(bytes: Uint8Array, at: number): number {
    const header = findHeader(bytes, at, bytes.length);
    if (header >= 0) {
      this.#state = State.Header;
      return header;
    }
    const rest = Math.max(at, bytes.length - HEADER + 1);
    this.#held.append(bytes, rest, bytes.length);
    return bytes.length;
  }
}

/** Position of the first header in [from, to), -1 without one. */
function findHeader(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i + HEADER <= to; i++) {
    if (bytes[i + 4] === 0 && bytes[i + 5] === 0 && isHeader(bytes, i)) return i;
  }
  return -1;
}

/** Whether a header of acceptable length with a fitting checksum stands at `at`, which must have 12 bytes. */
export function isHeader(bytes: Uint8Array, at: number): boolean {
  return uint32At(bytes, at + 4) === 0 && uint32At(bytes, at) <= MAX_EVENT_RECORD && checkHeader(bytes, at);
}

function checkHeader(bytes: Uint8Array, at: number): boolean {
  return maskedCrc(crc32c(bytes, at, at + 8)) === (uint32At(bytes, at + 8) | 0);
}

function reportChecksum(offset: number, sink: RecordSink): void {
  sink.issue('record.checksum', 'The checksum of a record does not fit: it was left out.', offset);
}
