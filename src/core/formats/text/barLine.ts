import type { LineRecord } from './lineRecord';
import { ascii, isDigit, isNameByte, type Scanner } from './scanner';

const PERCENT_BAR = ascii('%|');
const PROGRESS_ON = ascii('Progress on:');
const POSTFIX = ascii(' postfix:');
/** Longest description before a bar. */
const MAX_DESCRIPTION = 160;
const BAR = 0x7c;
const SLASH = 0x2f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const BLANK = 0x20;

/**
 * Reads one drawing of a tqdm bar with its postfix: `train:   0%|  | 1/2000000 [00:12<6957:14:58, 12.52s/it, loss=12.6]`,
 * `eval : 1it [00:03, 3.1s/it, loss=3.7]`, and the lines that tqdm-loggable writes where there is no terminal,
 * `Progress on:train 19.0it/70.0it rate:76.8s/it remaining:1:05:15 elapsed:31:40 postfix:loss=1.5`. One instance serves
 * all lines of a file. Source: tqdm/tqdm tqdm/std.py format_meter; tradingstrategy-ai/tqdm-loggable tqdm_logging.py.
 */
export class BarLine {
  /** The description lies at bytes [from, to), without its colon and blanks. */
  from = 0;
  to = 0;
  done = 0;
  /** Where `done` stands. */
  doneAt = 0;
  /** -1 when the bar has no maximum. */
  total = -1;
  /** Whether the counters are scaled and so rounded to three digits. */
  rounded = false;
  /** The postfix lies at bytes [postfix, postfixEnd); empty without one. */
  postfix = 0;
  postfixEnd = 0;
  /** Whether the drawing is whole: its bracket was closed. */
  closed = false;
  /** The bar is drawn at bytes [drawing, drawn); nowhere where there is none. */
  #drawing = 0;
  #drawnTo = 0;
  /** Where the times and the rate begin. */
  #times = 0;

  /**
   * Claims the line that was read last, if what is said of its postfix holds and `step` is its counter and those before
   * its epoch. False, and nothing is claimed, where there is no whole bar with a maximum and an unscaled counter.
   */
  claim(record: LineRecord, step: number): boolean {
    if (this.#drawnTo === this.#drawing || this.rounded || !this.closed || this.total < 0) return false;
    record.claim(step, this.doneAt, step - this.done).drawing(this.#drawing, this.#drawnTo);
    record.digits(this.to, this.#drawing).digits(this.#times, this.postfix);
    return true;
  }

  /** Reads the bar that this line is; the scanner has not moved when it is none, else its place is undefined. */
  read(line: Scanner): boolean {
    const start = line.pos;
    const { end } = line;
    const found = line.next === 0x50 && line.literal(PROGRESS_ON) ? this.#loggable(line) : this.#drawn(line, start);
    line.end = end;
    if (!found) line.pos = start;
    return found;
  }

  #drawn(line: Scanner, start: number): boolean {
    const { bytes, end } = line;
    line.end = Math.min(end, start + MAX_DESCRIPTION);
    const hasTotal = line.seek(PERCENT_BAR);
    line.end = end;
    if (!hasTotal) {
      line.pos = start;
      return this.#endless(line, start);
    }
    let before = line.pos - 3;
    if (before < start || !isDigit(bytes[before]!)) return false;
    while (before >= start && isDigit(bytes[before]!)) before--;
    this.#describe(bytes, start, before + 1);
    let at = line.pos;
    while (at < end && bytes[at] !== BAR) at++;
    this.#drawing = line.pos;
    this.#drawnTo = at;
    line.pos = at + 1;
    line.blanks();
    this.rounded = false;
    return this.#count(line) && this.#maximum(line) && this.#brackets(line);
  }

  /** `eval : 1it [00:03, 3.1s/it, loss=3.7]`: a bar without a maximum. */
  #endless(line: Scanner, start: number): boolean {
    const { bytes, end } = line;
    const last = Math.min(end, start + MAX_DESCRIPTION);
    let bracket = start;
    while (bracket < last && bytes[bracket] !== OPEN) bracket++;
    if (bracket >= last || bracket - start < 4 || bytes[bracket - 1] !== BLANK) return false;
    let at = bracket - 2;
    while (at > start && bytes[at] !== BLANK) at--;
    if (at <= start || bytes[at - 1] !== COLON) return false;
    this.#describe(bytes, start, at);
    this.total = -1;
    this.rounded = false;
    this.#drawnTo = this.#drawing;
    line.pos = at + 1;
    return this.#count(line) && this.#unit(line) && this.#brackets(line);
  }

  /** `train 19.0it/70.0it rate:…`. */
  #loggable(line: Scanner): boolean {
    const { bytes, end } = line;
    this.from = line.pos;
    const slash = bytes.indexOf(SLASH, line.pos);
    if (slash < 0 || slash >= end) return false;
    let at = slash - 1;
    while (at > this.from && bytes[at] !== BLANK) at--;
    this.#describe(bytes, this.from, at);
    line.pos = at + 1;
    this.rounded = false;
    this.total = -1;
    this.#drawnTo = this.#drawing;
    if (!this.#count(line) || !this.#unit(line) || !line.byte(SLASH)) return false;
    if (line.next === 0x3f) line.pos++;
    else if (!this.#number(line)) return false;
    else this.total = line.value;
    this.postfix = end;
    this.postfixEnd = end;
    this.closed = true;
    if (line.seek(POSTFIX)) this.postfix = line.pos;
    return true;
  }

  #describe(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from]! <= BLANK) from++;
    while (to > from && (bytes[to - 1]! <= BLANK || bytes[to - 1] === COLON)) to--;
    this.from = from;
    this.to = to;
  }

  #count(line: Scanner): boolean {
    this.doneAt = line.pos;
    if (!this.#number(line)) return false;
    this.done = line.value;
    return true;
  }

  /** The maximum after `/`, with its unit; `?` stands for none. */
  #maximum(line: Scanner): boolean {
    this.total = -1;
    if (!line.byte(SLASH)) return this.#unit(line);
    if (line.byte(0x3f)) return true;
    if (!this.#number(line)) return false;
    this.total = line.value;
    return this.#unit(line);
  }

  /** A counter, with the letter of its scale: `12.3k`. */
  #number(line: Scanner): boolean {
    const { pos } = line;
    if (line.integer() && line.next !== 0x2e && scaleOf(line.next) === 1) return true;
    line.pos = pos;
    if (!isDigit(line.next) || !line.number()) return false;
    const scale = scaleOf(line.next);
    if (scale > 1) {
      line.pos++;
      this.rounded = true;
      line.value = Math.round(line.value * scale);
    }
    return Number.isInteger(line.value);
  }

  /** The unit behind a counter, if any. */
  #unit(line: Scanner): boolean {
    while (!line.atEnd && isNameByte(line.next)) line.pos++;
    return true;
  }

  /** `[elapsed<remaining, rate, postfix]`: the postfix begins at the first part that begins with a letter. */
  #brackets(line: Scanner): boolean {
    line.blanks();
    if (!line.byte(OPEN)) return false;
    const { bytes, end } = line;
    let at = line.pos;
    this.#times = at;
    while (at < end && bytes[at] !== CLOSE && !(bytes[at] === COMMA && at + 2 < end && isLetter(bytes[at + 2]!))) at++;
    if (at < end && bytes[at] === COMMA) at += 2;
    this.postfix = at;
    for (let open = 1; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === OPEN) open++;
      else if (byte === CLOSE && --open === 0) break;
    }
    this.postfixEnd = at;
    this.closed = at < end;
    line.pos = Math.min(end, at + 1);
    return true;
  }
}

function scaleOf(byte: number): number {
  if (byte === 0x6b || byte === 0x4b) return 1e3;
  if (byte === 0x4d) return 1e6;
  return byte === 0x47 ? 1e9 : 1;
}

function isLetter(byte: number): boolean {
  return isNameByte(byte) && !isDigit(byte);
}
