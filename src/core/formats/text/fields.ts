import type { SeriesName } from '../../model';
import type { RecordSink, SeriesHandle } from '../format';
import { canonicalSeries } from '../keys';
import type { RowColumn } from '../rows/repeatedRows';
import { CellKind, type RowCell } from '../rows/rowTemplate';
import { ByteMap } from './byteMap';
import {
  beginsNumber,
  findDelimiter,
  isKey,
  skipLead,
  skipUnit,
  skipWrapped,
  skipWrapper,
  unitScale,
} from './fieldParts';
import { numberValue, readNumber } from './number';
import { decode, type Scanner } from './scanner';

/** Fields of one line; the widest logs known carry 150. */
const MAX_FIELDS_PER_LINE = 1024;
/** Distinct fields of one reader: beyond this a hostile file only costs time. */
const MAX_FIELDS = 4096;
/** Longest piece without a number that is remembered. */
const MAX_TEXT = 32;
const NO_UNIT = new Uint8Array(0);
const NOT_ASKED = -2;

const BLANK = 0x20;
const COLON = 0x3a;
const EQUALS = 0x3d;
const OPEN = 0x28;

/** What a format knows of a field that the vocabulary does not. */
export interface FieldRule {
  /** Canonical name; the vocabulary decides when it is absent. */
  readonly name?: SeriesName;
  /** Label given to the sink, when the same key means two series of one file. */
  readonly label?: string;
  /** Factor from the logged number to the value kept. */
  readonly scale?: number;
  /** Least number that is a measurement; less is a stand-in for "not measured yet". */
  readonly least?: number;
  /** Read but not kept. */
  readonly skip?: boolean;
}

/** How the numbers of a line that fields were read from may differ in lines that mean the same. */
export interface Variation {
  /** The first of them must have no sign: otherwise the line means something else. */
  readonly unsigned?: boolean;
  /** Those with such a label must be the same: they mean more than a point. */
  readonly fixed?: (label: string) => boolean;
}

/** Fields of one line that wait to be given to a sink. */
export interface HeldFields {
  emit(sink: RecordSink, step: number): void;
}

/** Looks up the rule of a field by its key and the unit after its number (`ms`, `%`, or empty). */
export type FieldRules = (key: string, unit: string) => FieldRule | undefined;

/** A key as it stands in the log, with its delimiter, and what becomes of its numbers. */
class Field {
  handle: SeriesHandle = NOT_ASKED;
  /** The field that stood after this one last: lines repeat, so it is nearly always the next one again. */
  next: Field | null = null;
  /** The one before that: lines of two kinds take turns. */
  other: Field | null = null;
  /** How the line that holds the field is to be judged. */
  readonly isLoss: boolean;

  constructor(
    /** Key and delimiter, compared byte by byte. */
    readonly raw: Uint8Array,
    readonly unit: Uint8Array,
    readonly label: string,
    readonly name: SeriesName | undefined,
    readonly scale: number,
    readonly least: number,
    readonly skip: boolean,
    /** A piece without a number, with the separator behind it. */
    readonly isText = false,
  ) {
    this.isLoss = /loss/i.test(label);
  }
}

/**
 * Reads `key: 1.5 | key = 2 | key 3 ms` fields of a line. A key is compared with the one that followed last time and
 * only looked up when that fails, so a line of a running log costs no more than reading its bytes once. The fields of
 * a line are held until `emit`, so that a line that turns out to be something else leaves no trace.
 */
export class FieldReader {
  /** Number of fields with a number in the line read last. */
  count = 0;
  /** Whether one of them is a loss. */
  hasLoss = false;
  /** Number of pieces between separators that are no such field. */
  rejected = 0;
  readonly #fields: (Field | null)[] = new Array(MAX_FIELDS_PER_LINE).fill(null);
  readonly #values = new Float64Array(MAX_FIELDS_PER_LINE);
  /** Where each number begins. */
  readonly #places = new Int32Array(MAX_FIELDS_PER_LINE);
  /** Where the remark behind each number begins, 0 without one, and where it ends. */
  readonly #remarks = new Int32Array(MAX_FIELDS_PER_LINE);
  readonly #remarkEnds = new Int32Array(MAX_FIELDS_PER_LINE);
  /** Whether one separator only ends a remark. */
  readonly #isSingle: boolean;
  /** Beginning of the remark that `#ends` skipped, 0 without one. */
  #remark = 0;
  readonly #known = new ByteMap<Field[]>();
  readonly #first = new Field(new Uint8Array(0), new Uint8Array(0), '', undefined, 1, 0, true);
  readonly #isSeparator = new Uint8Array(256);
  #size = 0;
  #last = this.#first;

  constructor(
    readonly rules: FieldRules,
    /** Bytes that may end a field. */
    separators: string,
    readonly grouped = false,
  ) {
    this.#isSingle = separators.length === 1;
    for (let i = 0; i < separators.length; i++) this.#isSeparator[separators.charCodeAt(i)] = 1;
  }

  /** Reads all fields from the scanner's place to the end of the line and returns how many were found. */
  read(scan: Scanner): number {
    return this.#readFrom(scan, this.#first);
  }

  /**
   * As `read`, for logs with one field per line: the first field is guessed from the last one of the line before.
   * Blanks before the line must have been skipped.
   */
  readOn(scan: Scanner): number {
    return this.#readFrom(scan, this.#last);
  }

  #readFrom(scan: Scanner, from: Field): number {
    this.count = 0;
    this.hasLoss = false;
    this.rejected = 0;
    let last = from;
    while (scan.pos < scan.end) {
      last = this.#follow(scan, last);
      scan.blanks();
      if (scan.pos >= scan.end) break;
      const field = this.#search(scan);
      if (field !== null) {
        if (last.next !== field) {
          last.other = last.next;
          last.next = field;
        }
        last = field;
      }
    }
    this.#last = last;
    return this.count;
  }

  /** Value of the field at `index` of the line read last. */
  value(index: number): number {
    return this.#values[index]!;
  }

  /** Label of the field at `index` of the line read last. */
  label(index: number): string {
    return this.#fields[index]!.label;
  }

  /** Whether the field at `index` of the line read last is one that `emit` leaves out. */
  isSkipped(index: number): boolean {
    return this.#fields[index]!.skip;
  }

  /** Index of the field `label` in the line read last, -1 without it. */
  find(label: string): number {
    for (let i = 0; i < this.count; i++) if (this.#fields[i]!.label === label) return i;
    return -1;
  }

  /** The fields of the line read last, to be given to a sink after other lines were read. */
  hold(): HeldFields {
    const fields = this.#fields.slice(0, this.count);
    const values = this.#values.slice(0, this.count);
    return {
      emit: (sink, step) => {
        for (const [i, field] of fields.entries()) this.#emitField(field!, values[i]!, sink, step);
      },
    };
  }

  /** Where the number of the field at `index` of the line read last begins. */
  place(index: number): number {
    return this.#places[index]!;
  }

  /**
   * Adds the numbers of the line read last to what is claimed of it; false while `emit` has not given each of its series
   * a point. The number at `stepAt` is a cell already, the first one.
   */
  addTo(cells: RowCell[], columns: RowColumn[], stepAt: number, { unsigned, fixed }: Variation): boolean {
    for (let i = 0; i < this.count; i++) {
      const { skip, handle, scale, least, label } = this.#fields[i]!;
      if (fixed?.(label)) continue;
      if (!skip && handle === NOT_ASKED) return false;
      const from = this.#places[i]!;
      const kept = Number.isFinite(least) && { least };
      const isStep = from === stepAt;
      const cell = isStep ? 0 : cells.length;
      if (!skip) columns.push({ cell, handle, scale, value: this.#values[i]!, ...kept });
      const kind = unsigned && i === 0 ? CellKind.Unsigned : CellKind.Number;
      if (!isStep) cells.push({ kind, from, grouped: this.grouped });
      const remark = this.#remarks[i]!;
      if (remark > 0 && this.#isSingle) cells.push({ kind: CellKind.Remark, from: remark, to: this.#remarkEnds[i]! });
    }
    return true;
  }

  /** Gives the fields of the line read last to the sink. */
  emit(sink: RecordSink, step: number): void {
    for (let i = 0; i < this.count; i++) this.#emitField(this.#fields[i]!, this.#values[i]!, sink, step);
  }

  #emitField(field: Field, value: number, sink: RecordSink, step: number): void {
    if (field.skip || value < field.least) return;
    if (field.handle === NOT_ASKED) field.handle = sink.series(field.label, field.name);
    sink.point(field.handle, step, value);
  }

  /**
   * Reads fields as long as each is the one that followed the field before it last time; stands before the first that
   * is not. Returns the last field read. On local variables and in one loop: the hottest code of all.
   */
  #follow(scan: Scanner, from: Field): Field {
    const { bytes, end } = scan;
    const isSeparator = this.#isSeparator;
    const grouped = this.grouped;
    let last = from;
    let at = scan.pos;
    for (let field = last.next; field !== null; field = last.next) {
      while (at < end && bytes[at] === BLANK) at++;
      if (at + field.raw.length >= end || !matches(field.raw, bytes, at)) {
        const { other } = last;
        if (other === null || at + other.raw.length >= end || !matches(other.raw, bytes, at)) break;
        last.other = field;
        last.next = other;
        field = other;
      }
      let p = at + field.raw.length;
      if (field.isText) {
        this.rejected++;
        last = field;
        at = p;
        continue;
      }
      const { unit } = field;
      while (p < end && bytes[p] === BLANK) p++;
      const place = p;
      p = readNumber(bytes, p, end, grouped);
      if (p < 0 || p + unit.length > end || !matches(unit, bytes, p)) break;
      p += unit.length;
      let remark = 0;
      if (p < end && isSeparator[bytes[p]!] !== 1) {
        while (p < end && bytes[p] === BLANK) p++;
        if (p < end && isSeparator[bytes[p]!] !== 1) {
          if (bytes[p] !== OPEN) break;
          remark = p;
          while (p < end && isSeparator[bytes[p]!] !== 1) p++;
        }
      }
      this.#keep(field, numberValue[0]!, place, remark, p);
      last = field;
      at = p + 1;
    }
    scan.pos = Math.min(at, end);
    return last;
  }

  /** Stands after the separator if the field ends here. */
  #ends(scan: Scanner): boolean {
    this.#remark = 0;
    if (scan.pos < scan.end && this.#isSeparator[scan.bytes[scan.pos]!] === 1) {
      scan.pos++;
      return true;
    }
    scan.blanks();
    if (scan.pos >= scan.end) return true;
    const byte = scan.bytes[scan.pos]!;
    if (this.#isSeparator[byte] === 1) {
      scan.pos++;
      return true;
    }
    // `epoch: 1 pq: 0`: the next key begins without a separator.
    if (scan.bytes[scan.pos - 1] === BLANK && isKey(scan.bytes, scan.pos, scan.end)) return true;
    // A remark in brackets belongs to the number before it: `12.3 (+nanz)`, `4.2 (ema 4.3)`.
    if (byte !== OPEN) return false;
    this.#remark = scan.pos;
    scan.pos = this.#afterPiece(scan);
    return true;
  }

  #keep(field: Field, value: number, place: number, remark: number, remarkEnd: number): void {
    if (this.count === MAX_FIELDS_PER_LINE) return;
    if (this.#fields[this.count] !== field) this.#fields[this.count] = field;
    this.#places[this.count] = place;
    this.#remarks[this.count] = remark;
    this.#remarkEnds[this.count] = remarkEnd;
    this.#values[this.count++] = value * field.scale;
    if (field.isLoss) this.hasLoss = true;
  }

  /** Reads the piece up to the next separator without a guess; `null` when it is not worth a guess either. */
  #search(scan: Scanner): Field | null {
    const start = scan.pos;
    skipLead(scan);
    const key = scan.pos;
    const after = this.#afterPiece(scan);
    const delimiter = findDelimiter(scan.bytes, key, after);
    const piece = delimiter > key ? this.#keyed(scan, delimiter) : this.#bare(scan, key, after);
    if (piece !== null) {
      const value = scan.value;
      const field = this.#ends(scan) ? this.#field(scan.bytes, { ...piece, start, key }) : null;
      if (field !== null) {
        const isOpen = scan.pos >= scan.end && this.#isSeparator[scan.bytes[scan.end - 1]!] !== 1;
        this.#keep(field, value, piece.number, this.#remark, isOpen ? scan.end : scan.pos - 1);
        return field;
      }
    }
    scan.pos = after;
    this.rejected++;
    return this.#text(scan.bytes, start, after);
  }

  /** `loss: 2.3`, `time 12ms`, `loss:np.float64(2.3)`, `loss=tensor(2.3, device='cuda:0')`. */
  #keyed(scan: Scanner, delimiter: number): PieceRest | null {
    scan.pos = delimiter + 1;
    scan.blanks();
    let number = scan.pos;
    const isPlain = this.grouped ? scan.grouped() : scan.number();
    let rawEnd = delimiter + 1;
    if (!isPlain) {
      if (!skipWrapper(scan)) return null;
      rawEnd = scan.pos;
      number = rawEnd;
      if (!scan.number()) return null;
    }
    const unit = scan.pos;
    if (isPlain) skipUnit(scan, this.#isSeparator[BLANK] !== 1);
    else if (!skipWrapped(scan)) return null;
    return {
      label: delimiter,
      rawEnd,
      number,
      unit,
      unitEnd: scan.pos,
      unitText: isPlain ? scan.text(unit, scan.pos) : '',
    };
  }

  /** `4621.47 ms`, `29.2% bf16 MFU`: a number that only its unit names, if the rules know it. */
  #bare(scan: Scanner, key: number, after: number): PieceRest | null {
    scan.pos = key;
    if (!beginsNumber(scan.bytes, key, scan.end) || !(this.grouped ? scan.grouped() : scan.number())) return null;
    const unit = scan.pos;
    let unitEnd = after;
    if (this.#isSeparator[scan.bytes[after - 1]!] === 1) unitEnd--;
    while (unitEnd > unit && scan.bytes[unitEnd - 1] === BLANK) unitEnd--;
    const unitText = scan.text(unit, unitEnd);
    if (unitText === '' || this.rules('', unitText) === undefined) return null;
    scan.pos = unitEnd;
    return { label: key, rawEnd: key, number: key, unit, unitEnd, unitText };
  }

  /** A short piece without a number, to be skipped where it stands again: `val: n/a | `. */
  #text(bytes: Uint8Array, start: number, after: number): Field | null {
    if (after - start > MAX_TEXT || this.#isSeparator[bytes[after - 1]!] !== 1) return null;
    let last = after - 2;
    while (last > start && bytes[last] === BLANK) last--;
    // A key whose number is not written yet.
    if (bytes[last] === COLON || bytes[last] === EQUALS) return null;
    return new Field(bytes.slice(start, after), NO_UNIT, '', undefined, 1, 0, true, true);
  }

  /** Position after the separator that ends this piece, or the end of the line. */
  #afterPiece(scan: Scanner): number {
    let at = scan.pos;
    while (at < scan.end) {
      const byte = scan.bytes[at++]!;
      const isGroup = byte === 0x2c && this.grouped && at < scan.end && scan.bytes[at] !== BLANK;
      if (this.#isSeparator[byte] === 1 && !isGroup) break;
    }
    return at;
  }

  /** The known or new field of a piece; `null` past the limit. */
  #field(bytes: Uint8Array, piece: Piece): Field | null {
    const { start, rawEnd } = piece;
    const bucket = this.#known.get(bytes, start, rawEnd);
    const unit = bytes.slice(piece.unit, piece.unitEnd);
    const known = bucket?.find((field) => isEqual(field.unit, unit));
    if (known !== undefined) return known;
    if (this.#size >= MAX_FIELDS) return null;
    const label = decode(bytes, piece.key, piece.label);
    const field = this.#define(bytes.slice(start, rawEnd), unit, label, piece.unitText);
    this.#size++;
    if (bucket === undefined) this.#known.set(bytes, start, rawEnd, [field]);
    else bucket.push(field);
    return field;
  }

  #define(raw: Uint8Array, unit: Uint8Array, key: string, unitText: string): Field {
    const rule = this.rules(key, unitText);
    const canonical = canonicalSeries(key);
    return new Field(
      raw,
      unit,
      rule?.label ?? (key === '' ? unitText : key),
      rule?.name,
      rule?.scale ?? canonical.scale * unitScale(unitText, canonical.unit),
      rule?.least ?? Number.NEGATIVE_INFINITY,
      rule?.skip ?? false,
    );
  }
}

/** Where the parts of a piece with a number lie. */
interface PieceRest {
  /** End of the key. */
  readonly label: number;
  /** First byte of the number, or of the blanks before it. */
  readonly rawEnd: number;
  readonly number: number;
  readonly unit: number;
  readonly unitEnd: number;
  readonly unitText: string;
}

interface Piece extends PieceRest {
  readonly start: number;
  readonly key: number;
}

/** Whether `key` stands at `pos` of `bytes`, which hold at least as many more bytes. */
function matches(key: Uint8Array, bytes: Uint8Array, pos: number): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[pos + i] !== key[i]) return false;
  return true;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
