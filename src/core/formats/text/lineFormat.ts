import type { Citation } from '../../citation';
import { MAX_LINE } from '../../limits';
import type { FormatId, LogFormat, LogParser, LogSample, RecordSink } from '../format';
import { plainBytes } from '../json/byteBuffer';
import { RecordLines } from '../rows/recordLines';
import type { RowClaim } from '../rows/repeatedRows';
import { CellKind } from '../rows/rowTemplate';
import { hasEscape, stripEscapes } from './escapes';
import { type HeaderBlock, NO_BLOCK, readHeaderBlock } from './headerBlocks';
import { readHeaderLine } from './headerSettings';
import { beginLifeSigns, type LifeSigns, readLifeSign } from './lifeSigns';
import { verdictOf } from './lineProbe';
import { LineRecord } from './lineRecord';
import { type LineHandler, LineSplitter, type LinesHandler } from './lines';
import { afterPrefix } from './prefix';
import { PythonScanner } from './python';
import { Scanner } from './scanner';
import { TextCheck } from './textCheck';

const NO_BYTES: Uint8Array = new Uint8Array(0);
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
/** Lines before the first record in which settings are looked for. */
const MAX_HEADER_LINES = 5000;
/** Longest of them that can be part of a configuration printed over several. */
const MAX_BLOCK_LINE = 2000;
/** Prefixes taken off one line: container time, host, rank, logger time, logger name, level, file. */
const MAX_PREFIXES = 8;

/** What a line was for its format. */
export enum LineMatch {
  /** Not of this format: it must have had no effect. */
  None = 0,
  /** A fact such as a setting, a plan or a status. */
  Fact = 1,
  /** A record with a step: what tells the format from others. */
  Points = 2,
  /** Understood, but found in many formats: a progress bar. */
  Common = 3,
}

/** One file while it is read: what a grammar works on. */
export interface LineFile<S> {
  /** State that a line may depend on. Replace its members, never change an object in it: it is copied for a flush. */
  state: S;
  sink: RecordSink;
  /** File offset of the line, for issues. */
  offset: number;
  /** What the grammar says of the line at hand, so that lines like it need not be read one by one. */
  readonly record: LineRecord;
}

/** A console format: its grammar over one line. The rest (chunks, prefixes, colours, detection) is common to all. */
export interface LineGrammar<S extends object> {
  readonly id: FormatId;
  readonly title: string;
  readonly source: Citation;
  readonly refines?: FormatId;
  /** State at the start of the file that `sample` is of. Caches that no line's meaning depends on (field readers) belong here too. */
  begin(sample: LogSample): S;
  /** Reads one line. Called again without a prefix when the line as it is does not match. */
  match(line: Scanner, file: LineFile<S>): LineMatch;
  /** Emits what is held back until more lines are seen; must not change what later lines will give. */
  finish?(file: LineFile<S>): void;
}

/** The log format that a line grammar describes. Its parser never throws on input. */
export function lineFormat<S extends object>(grammar: LineGrammar<S>): LogFormat {
  const { id, title, source, refines } = grammar;
  const open = (sample: LogSample): LineParser<S> => new LineParser(grammar, sample);
  return {
    id,
    title,
    source,
    kind: 'stream',
    ...(refines !== undefined && { refines }),
    open,
    probe: (sample: LogSample) => verdictOf(sample, () => open(sample)),
  };
}

/** Reads a file line by line with a grammar. */
class LineParser<S extends object> implements LogParser {
  /** Lines of each kind seen so far, indexed by `LineMatch`. */
  readonly matches = [0, 0, 0, 0];
  readonly #grammar: LineGrammar<S>;
  readonly #scan = new Scanner();
  readonly #splitter = new LineSplitter((offset) => this.#tooLong(offset));
  #file: LineFile<S> | null = null;
  #signs: LifeSigns = beginLifeSigns();
  #clean = new Uint8Array(0);
  readonly #repeated = new RecordLines();
  readonly #check = new TextCheck();
  /** The chunk at hand. */
  #chunk: Uint8Array | undefined;
  /** Whether the bytes at hand may hold an escape character. */
  #escapes = false;
  #atStart = true;
  #headerLines = 0;
  #block: HeaderBlock = NO_BLOCK;
  readonly #python = new PythonScanner();

  constructor(
    grammar: LineGrammar<S>,
    readonly sample: LogSample,
  ) {
    this.#grammar = grammar;
  }

  push(chunk: Uint8Array, sink: RecordSink): void {
    this.#fileFor(sink);
    // One search per chunk instead of one per line; a held line may have begun with an escape in an earlier chunk.
    this.#escapes = (this.#escapes && this.#splitter.holds) || chunk.indexOf(ESC) >= 0;
    this.#chunk = plainBytes(chunk);
    this.#check.take(chunk, this.#splitter.holds);
    this.#repeated.take(this.#chunk);
    this.#splitter.push(chunk, this.#onLine, this.#onLines, this.#chunk);
    this.#chunk = undefined;
    this.#repeated.release();
    this.#scan.reset(NO_BYTES, 0, 0);
  }

  flush(sink: RecordSink): void {
    const file = this.#fileFor(sink);
    const state = file.state;
    const signs = this.#signs;
    const atStart = this.#atStart;
    const headerLines = this.#headerLines;
    const block = this.#block;
    file.state = { ...state };
    this.#signs = { ...signs };
    this.#splitter.flush(this.#onLine);
    this.#grammar.finish?.(file);
    file.state = state;
    this.#signs = signs;
    this.#atStart = atStart;
    this.#headerLines = headerLines;
    this.#block = block;
  }

  readonly #onLine: LineHandler = (bytes, start, end, offset) => {
    const file = this.#file!;
    file.offset = offset;
    const scan = this.#scan;
    this.#check.line(bytes, start, end, offset, file.sink, this.#chunk === undefined);
    if (this.#escapes && hasEscape(bytes, start, end)) {
      if (this.#clean.length < end - start) this.#clean = new Uint8Array(Math.min(MAX_LINE, (end - start) * 2));
      scan.reset(this.#clean, 0, stripEscapes(bytes, start, end, this.#clean));
    } else scan.reset(bytes, start, end);
    if (this.#atStart) this.#skipByteOrderMark();
    const match = this.#match(file);
    if (match !== LineMatch.None && bytes === this.#chunk) this.#claim(file.record, start, end, match);
    else this.#repeated.break();
  };

  readonly #onLines: LinesHandler = (_, start) => {
    if (this.#signs.failed) return start;
    const file = this.#file!;
    const next = this.#repeated.read(start, file.sink, 0, () => this.#grammar.finish?.(file));
    this.matches[LineMatch.Points]! += this.#repeated.count;
    return next;
  };

  /** Tells of the line [start, end) of the chunk what its grammar says, if others may repeat it. */
  #claim(record: LineRecord, start: number, end: number, match: LineMatch): void {
    if (!record.isClaimed) {
      this.#repeated.break();
      this.#repeated.disclaim();
      return;
    }
    const bytes = this.#chunk!;
    const after = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
    const { step, stepAt, base } = record;
    const line = { start, end: after, step, isPlaced: stepAt >= 0, base, isRecord: match === LineMatch.Points };
    this.#repeated.line(line, () => this.#claimOf(record, start, end));
  }

  /** Claims speak of places in the chunk, the grammar of places in the line without escapes. */
  #claimOf(record: LineRecord, start: number, end: number): RowClaim | undefined {
    const { bytes } = this.#scan;
    const claim = record.claimed(bytes, bytes === this.#chunk ? start : 0);
    if (claim === undefined || bytes === this.#chunk) return claim;
    const places = new Int32Array(end - start);
    stripEscapes(this.#chunk!, start, end, this.#clean, places);
    const cells = claim.cells.map(({ kind, from, to, ...rest }) => ({
      ...rest,
      kind,
      // Colours before a drawing belong to it.
      from: kind === CellKind.Drawing ? places[from - 1]! + 1 : places[from]!,
      ...(to !== undefined && { to: kind === CellKind.Digits ? places[to - 1]! + 1 : places[to]! }),
    }));
    return { ...claim, cells };
  }

  #match(file: LineFile<S>): LineMatch {
    file.record.reset();
    const scan = this.#scan;
    const { bytes, end } = scan;
    let start = scan.pos;
    for (let depth = 0; ; depth++) {
      const match = this.#grammar.match(scan, file);
      this.matches[match]!++;
      if (match === LineMatch.Points && this.#signs.failed) {
        this.#signs = beginLifeSigns();
        file.sink.status({ kind: 'started' });
      }
      if (match !== LineMatch.None) return match;
      file.record.reset();
      // Also between prefixes: the name of an exception looks like the host name that some launchers put before lines.
      scan.reset(bytes, start, end);
      readLifeSign(scan, this.#signs, file.sink);
      this.#readHeader(scan, start, file.sink, depth === 0);
      const next = depth < MAX_PREFIXES ? afterPrefix(bytes, start, end) : start;
      scan.reset(bytes, next, end);
      if (next === start) return LineMatch.None;
      start = next;
    }
  }

  /** Settings stand before the first record; a sink that only counts wants none. */
  #readHeader(scan: Scanner, start: number, sink: RecordSink, isWhole: boolean): void {
    if (this.matches[LineMatch.Points] !== 0 || sink.readAt === undefined) return;
    if (this.#headerLines++ > MAX_HEADER_LINES) return;
    scan.pos = start;
    if (isWhole && scan.end - start <= MAX_BLOCK_LINE) {
      this.#block = readHeaderBlock(scan.text(), this.#block, (key, value) => sink.config(key, value));
    }
    scan.pos = start;
    readHeaderLine(scan, this.#python, sink);
  }

  #skipByteOrderMark(): void {
    this.#atStart = false;
    const { bytes, pos, end } = this.#scan;
    if (end - pos >= 3 && bytes[pos] === 0xef && bytes[pos + 1] === 0xbb && bytes[pos + 2] === 0xbf) {
      this.#scan.reset(bytes, pos + 3, end);
    }
  }

  #tooLong(offset: number): void {
    this.#file?.sink.issue('line.tooLong', `A line is longer than ${MAX_LINE} bytes and was left out.`, offset);
  }

  #fileFor(sink: RecordSink): LineFile<S> {
    if (this.#file?.sink === sink) return this.#file;
    if (this.#file === null) {
      this.#file = { state: this.#grammar.begin(this.sample), sink, offset: 0, record: new LineRecord() };
    } else this.#file.sink = sink;
    const file = this.#file;
    sink.readAt?.(() => file.offset);
    return file;
  }
}
