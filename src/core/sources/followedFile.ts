import { messageOf } from '../errors';
import { detectFormat } from '../formats/detect';
import type { LogFormat, LogParser } from '../formats/format';
import { PROBE_HEAD, READ_CHUNK } from '../limits';
import type { Issue } from '../model';
import { FileLog, type FileMark } from '../series/fileLog';
import { RoledLog, type SeriesRoles } from '../series/roledLog';
import type { Content } from './content/content';
import type { FileStat, FileSystem } from './fileSystem';
import { type FollowState, NEW_FILE, observe } from './follow';
import type { Followed, PollResult } from './followed';
import { readPackedRest } from './packedRest';
import { findRotated } from './rotated';
import { readEnds, withoutHole } from './sample';

/** Bytes before the read position that are compared on each growth, to notice a file that was rewritten in place. */
const SEAM = 64;
/** Growth after which a guess without points is made again. */
const GUESS_GROWTH = 1.25;
const BINARY = 'Binary content that no format recognises.';
const ZIP = 'A zip archive, as ClearML and Comet make of an offline run: unpack it first, for example with unzip.';
const OPEN_ARCHIVE =
  'The archive ends before its end: it is still being written, or was cut off. What was read is kept.';

/**
 * Follows one file: reads each byte once, keeps what was read in `logs`. A file that is replaced or truncated starts a
 * new log; older logs stay, so that a rotated log keeps its first part and a restarted run its ghosts.
 */
export class FollowedFile implements Followed {
  readonly logs: FileLog[] = [];
  format: LogFormat | undefined;
  guessed = false;
  /** Milliseconds since 1970 of the last change that was seen. */
  changedAt = 0;
  /** Why the file cannot be read just now. */
  fault: Issue | undefined;
  #state: FollowState = NEW_FILE;
  #parser: LogParser | undefined;
  #isText = false;
  /** What unpacks and decodes the file; absent where its bytes are what the parser reads. */
  #content: Content | undefined;
  #seam: Uint8Array = new Uint8Array(0);
  #ahead: FileMark | undefined;
  /** What is held back since the last growth has been read ahead. */
  #lookedAhead = false;
  #probedSize = -1;
  #polling: Promise<PollResult> | undefined;
  /** What was read before the file was written anew, until it is clear whether the new content repeats it. */
  #former: FileLog | undefined;

  constructor(
    readonly fs: FileSystem,
    readonly path: string,
    /** The user's choice of format; otherwise it is detected. */
    readonly chosen?: LogFormat,
    /** For a part of a rotated log: read once, and never looked at again, because its name will pass to another part. */
    readonly isClosed = false,
    /** The user's word on the keys of the log. */
    readonly roles?: SeriesRoles,
  ) {}

  get log(): FileLog | undefined {
    return this.logs.at(-1);
  }

  get gone(): boolean {
    return this.#state.phase === 'gone';
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#state.offset;
  }

  get leastPause(): number {
    return this.fs.leastPause ?? 0;
  }

  watch(onChange: () => void): { dispose(): void } {
    return this.fs.watch(this.path, onChange);
  }

  /** Looks at the file and reads what is new. Calls that overlap share one look. Never rejects. */
  poll(onSlice?: () => void): Promise<PollResult> {
    this.#polling ??= this.#poll(onSlice).finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  /**
   * Reads ahead what is held back: an unfinished last line, a record that waits for the lines behind it. The next growth
   * takes it back. True when that brought points.
   */
  readAhead(): boolean {
    const log = this.log;
    if (this.#lookedAhead || log === undefined || this.#parser === undefined) return false;
    this.#lookedAhead = true;
    const mark = log.mark();
    const before = log.points;
    this.#parser.flush(log);
    log.settle();
    if (this.#content?.isOpen === true) {
      log.issues.push({ code: 'archive.open', message: OPEN_ARCHIVE, file: this.path, offset: this.#state.offset });
    }
    const brought = log.points !== before;
    if (brought || log.issues.length !== mark.issues || log.statuses.length !== mark.statuses) this.#ahead = mark;
    return brought;
  }

  async #poll(onSlice?: () => void): Promise<PollResult> {
    const { fault } = this;
    const before = this.#state.offset;
    try {
      const result = await this.#look(onSlice);
      this.fault = undefined;
      return fault === undefined ? result : { ...result, restructured: true };
    } catch (error) {
      this.fault = { code: 'file.unreadable', message: messageOf(error), file: this.path, offset: null };
      const bytes = Math.max(0, this.#state.offset - before);
      return { bytes, restructured: fault?.message !== this.fault.message || this.#state.offset !== before };
    }
  }

  async #look(onSlice?: () => void): Promise<PollResult> {
    if (this.isClosed && this.#state.phase !== 'new') return { bytes: 0, restructured: false };
    const stat = await this.fs.stat(this.path);
    const { state, action } = observe(this.#state, stat, this.format?.kind ?? 'stream');
    if (action.kind === 'restart' && action.reason === 'replaced') await this.#finishRotated(onSlice);
    this.#state = state;
    if (stat !== undefined) this.changedAt = Math.max(this.changedAt, stat.mtimeMs);
    switch (action.kind) {
      case 'idle':
        return { bytes: 0, restructured: false };
      case 'gone':
        this.log?.issue('file.gone', 'The file vanished; what was read is kept.', null);
        return { bytes: 0, restructured: true };
      case 'restart':
        this.#restart(action.reason);
        return { bytes: await this.#readOn(stat!, onSlice), restructured: true };
      case 'read':
        return await this.#readGrowth(stat!, onSlice);
    }
  }

  /** A rotated log is read to its end under its new name, so that its last lines are not lost. */
  async #finishRotated(onSlice?: () => void): Promise<void> {
    if (this.#parser === undefined || this.format?.kind === 'document' || this.#state.identity === '') return;
    const rotated = await findRotated(this.fs, this.path, this.#state.identity);
    if (rotated !== undefined && rotated.stat.size < this.#state.offset) return;
    this.#takeBack();
    const log = this.#openLog();
    if (rotated !== undefined) await this.#readOn(rotated.stat, onSlice, rotated.path);
    else if (this.#content === undefined) {
      const mark = { offset: this.#state.offset, seam: this.#seam };
      await readPackedRest(this.fs, this.path, mark, (rest) => this.#parse(rest, log));
    }
    this.#parser.flush(log);
  }

  async #readGrowth(stat: FileStat, onSlice?: () => void): Promise<PollResult> {
    if (this.#parser === undefined) {
      if (stat.size === this.#probedSize) return { bytes: 0, restructured: false };
      if (!(await this.#detect(stat))) return { bytes: 0, restructured: true };
    }
    if (this.#isDoubtful(stat)) return this.#guessAgain(stat, onSlice);
    const tookBack = this.#takeBack();
    if (this.#seam.length > 0) {
      const before = await this.fs.read(this.path, this.#state.offset - this.#seam.length, this.#seam.length);
      // Shorter than when it was looked at: the next look tells what became of it.
      if (before.length < this.#seam.length) return { bytes: 0, restructured: tookBack };
      if (!equalBytes(before, this.#seam)) {
        this.#state = { ...this.#state, offset: 0 };
        this.#restart('rewritten');
        return { bytes: await this.#readOn(stat, onSlice), restructured: true };
      }
    }
    const first = this.#state.offset === 0;
    return { bytes: await this.#readOn(stat, onSlice), restructured: first || tookBack };
  }

  /** Whether the lines have brought no point yet, and there is much more to look at now. */
  #isDoubtful(stat: FileStat): boolean {
    if (this.chosen !== undefined || this.log === undefined || this.log.points > 0) return false;
    return stat.size > this.#probedSize * GUESS_GROWTH && this.#probedSize < PROBE_HEAD;
  }

  /** Finds the format anew; another one reads the file from its start. */
  async #guessAgain(stat: FileStat, onSlice?: () => void): Promise<PollResult> {
    const { format } = this;
    const parser = this.#parser;
    const content = this.#content;
    if ((await this.#detect(stat)) && this.format !== format) {
      this.#state = { ...this.#state, offset: 0 };
      this.#seam = new Uint8Array(0);
      this.#ahead = undefined;
      this.logs.length = 0;
      if (this.#content !== undefined) this.#openLog().placeOf = this.#content.fileOffset.bind(this.#content);
    } else {
      this.format = format;
      this.#parser = parser;
      this.#content = content;
    }
    return { bytes: await this.#readOn(stat, onSlice), restructured: true };
  }

  /** Reads from the present offset to the size that was seen, one chunk at a time. */
  async #readOn(stat: FileStat, onSlice?: () => void, path = this.path): Promise<number> {
    if (this.#parser === undefined && !(await this.#detect(stat))) return 0;
    const log = this.#openLog();
    const from = this.#state.offset;
    await readPieces(this.fs, path, [from, stat.size], async (piece) => {
      const written = await this.#written(piece, path, stat.size);
      if (this.#content === undefined) this.#parse(written, log);
      else await this.#unpack(this.#content, written, log);
      this.#state = { ...this.#state, offset: this.#state.offset + written.length };
      this.#remember(written);
      onSlice?.();
      return written.length === piece.length;
    });
    if (this.format!.kind === 'document') {
      this.#parser!.flush(log);
      log.settle();
    }
    this.#dropRepeated(log);
    return this.#state.offset - from;
  }

  /** The bytes of a piece that count: a text whose end is all zeros waits there for what is still to be written. */
  async #written(piece: Uint8Array, path: string, size: number): Promise<Uint8Array> {
    if (!this.#isText || piece[piece.length - 1] !== 0) return piece;
    const last = await this.fs.read(path, size - 1, 1);
    return last[0] === 0 ? withoutHole(piece) : piece;
  }

  /** Some writers rewrite their file to add a column: what the new content repeats is not kept twice. */
  #dropRepeated(log: FileLog): void {
    if (this.#former === undefined || log.points < this.#former.points) return;
    const at = this.logs.indexOf(this.#former);
    if (at >= 0 && repeats(log, this.#former)) this.logs.splice(at, 1);
    this.#former = undefined;
  }

  #parse(content: Uint8Array, log: FileLog): void {
    this.#parser!.push(content, log);
    log.settle();
  }

  async #unpack(content: Content, piece: Uint8Array, log: FileLog): Promise<void> {
    if (content.fault !== undefined) return;
    await content.push(piece, (part) => {
      this.#parse(part, log);
      return true;
    });
    const { fault } = content as Content;
    if (fault !== undefined) log.issues.push({ ...fault, file: this.path });
  }

  #remember(chunk: Uint8Array): void {
    this.#lookedAhead = false;
    // A copy: the bytes of a piece are overwritten by later ones.
    if (chunk.length >= SEAM) this.#seam = Uint8Array.from(chunk.subarray(-SEAM));
    else {
      const joined = new Uint8Array(this.#seam.length + chunk.length);
      joined.set(this.#seam);
      joined.set(chunk, this.#seam.length);
      this.#seam = joined.slice(-SEAM);
    }
  }

  /** Takes an unfinished line back that was read ahead. */
  #takeBack(): boolean {
    if (this.#ahead === undefined) return false;
    this.log?.restore(this.#ahead);
    this.#ahead = undefined;
    return true;
  }

  #restart(reason: 'truncated' | 'replaced' | 'rewritten'): void {
    const old = this.log;
    this.#ahead = undefined;
    this.#parser = undefined;
    this.#content?.dispose();
    this.#content = undefined;
    this.#probedSize = -1;
    this.#seam = new Uint8Array(0);
    // A document states everything again; so does a stream of which nothing was read.
    if (this.format?.kind === 'document' || old === undefined || old.points === 0) this.logs.length = 0;
    const log = this.#newLog();
    this.#former = this.log;
    this.logs.push(log);
    if (reason !== 'rewritten') {
      log.issue(`file.${reason}`, `The file was ${reason}; it is read again from its start.`, null);
    }
  }

  #openLog(): FileLog {
    if (this.logs.length === 0) this.logs.push(this.#newLog());
    return this.log!;
  }

  #newLog(): FileLog {
    return this.roles === undefined ? new FileLog(this.path) : new RoledLog(this.path, this.roles);
  }

  /** Finds the format from both ends of the file; looks again only after it has grown. */
  async #detect(stat: FileStat): Promise<boolean> {
    if (stat.size === this.#probedSize) return false;
    const { sample, content } = await readEnds(this.fs, this.path, stat.size);
    this.#probedSize = stat.size;
    const found = this.chosen ? { format: this.chosen, guessed: false } : detectFormat(sample);
    if (found === undefined) {
      const log = this.#openLog();
      if (stat.size === 0) log.issue('file.empty', 'The file is empty: waiting for its first lines.', null);
      else if (isBinary(sample.head)) log.issue('file.binary', isZip(sample.head) ? ZIP : BINARY, 0);
      else log.issue('format.unknown', 'No training lines recognised yet.', 0);
      return false;
    }
    const log = this.#openLog();
    clearIssues(log, ['file.empty', 'format.unknown']);
    this.format = found.format;
    log.dropsEchoes = found.format.hasEchoes === true;
    this.guessed = found.guessed;
    this.#parser = found.format.open(sample);
    this.#content = content;
    this.#isText = content === undefined && !isBinary(sample.head);
    if (content !== undefined) log.placeOf = (offset) => content.fileOffset(offset);
    return true;
  }
}

/** Hands the bytes [from, to) of a file on in order until `take` says no; the next piece is fetched while one is taken. */
async function readPieces(
  fs: FileSystem,
  path: string,
  [from, to]: readonly [number, number],
  take: (piece: Uint8Array) => Promise<boolean>,
): Promise<void> {
  const file = (await fs.open?.(path)) ?? {
    read: (offset: number, length: number) => fs.read(path, offset, length),
    close: () => Promise.resolve(),
  };
  const fetch = (at: number) => (at < to ? file.read(at, Math.min(READ_CHUNK, to - at)) : undefined);
  try {
    let next = fetch(from);
    for (let at = from; next !== undefined; ) {
      const piece = await next;
      if (piece.length === 0) return;
      at += piece.length;
      next = fetch(at);
      if (!(await take(piece))) return;
    }
  } finally {
    await file.close();
  }
}

/** True when every series of `old` is the beginning of the same series in `now`. */
function repeats(now: FileLog, old: FileLog): boolean {
  return old.allSeries.every((before) => {
    const after = now.find(before.name);
    if (after === undefined || after.length < before.length) return before.length === 0;
    const steps = after.steps.view(0, before.length);
    const values = after.values.view(0, before.length);
    const oldSteps = before.steps.view();
    return before.values.view().every((value, i) => Object.is(value, values[i]) && oldSteps[i] === steps[i]);
  });
}

function clearIssues(log: FileLog, codes: readonly string[]): void {
  for (let i = log.issues.length - 1; i >= 0; i--) if (codes.includes(log.issues[i]!.code)) log.issues.splice(i, 1);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** True for content that is no text: a NUL byte among the first bytes. */
function isBinary(head: Uint8Array): boolean {
  return head.subarray(0, 4096).includes(0);
}

function isZip(head: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => head[i] === byte);
}
