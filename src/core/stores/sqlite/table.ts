import type { Pager } from './pager';
import { MalformedPage, readRecord, readVarint, type SqlValue } from './record';

const LEAF = 0x0d;
const INTERIOR = 0x05;
/** Deeper trees do not exist: each level holds at least two pages of the one below. */
const MAX_DEPTH = 32;
/** A row that is read: longer ones hold no metrics. */
const MAX_ROW = 8 * 1024 * 1024;
/** Bytes of rows after which a query ends early. */
const MAX_BYTES = 64 * 1024 * 1024;

/** One row: its key, and its values in the order of the columns. Values behind the last stored one are missing. */
export interface Row {
  readonly rowid: number;
  readonly values: readonly SqlValue[];
}

interface Query {
  readonly after: number;
  readonly limit: number;
  /** Columns that are read. */
  readonly columns: number;
}

/**
 * The first rows behind key `after` of the table whose tree begins at page `root`, in order of their keys: at most `limit`,
 * and fewer when they are long; none only when there are no more.
 * Throws `file.unreadable` with the place when a page is damaged: pointers are checked, keys must rise, and no more
 * pages are visited than there are. Source: SQLite Database File Format, section 1.6.
 */
export async function readRows(pager: Pager, root: number, query: Query): Promise<Row[]> {
  const walk = new Walk(pager, query);
  await walk.visit(root, 0);
  return walk.rows;
}

class Walk {
  readonly rows: Row[] = [];
  readonly #decoder: InstanceType<typeof TextDecoder>;
  #visited = 0;
  #bytes = 0;

  constructor(
    readonly pager: Pager,
    readonly query: Query,
  ) {
    this.#decoder = new TextDecoder(pager.encoding);
  }

  async visit(number: number, depth: number): Promise<void> {
    if (++this.#visited > this.pager.pages || depth > MAX_DEPTH)
      throw this.pager.fault('its tree runs in a circle', number);
    const page = await this.pager.page(number);
    // The first page begins with the header of the file.
    const start = number === 1 ? 100 : 0;
    const cells = this.#cells(page, start, number);
    if (page[start] === LEAF) await this.#leaf(page, cells, number);
    else await this.#interior(page, start, cells, number, depth);
  }

  get #isFull(): boolean {
    return this.rows.length >= this.query.limit || this.#bytes >= MAX_BYTES;
  }

  #cells(page: Uint8Array, start: number, number: number): number[] {
    const type = page[start]!;
    if (type !== LEAF && type !== INTERIOR) throw this.pager.fault(`page ${number} belongs to no table`, number);
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const count = view.getUint16(start + 3);
    const first = start + (type === LEAF ? 8 : 12);
    if (first + 2 * count > page.length) throw this.pager.fault(`page ${number} has more cells than room`, number);
    return Array.from({ length: count }, (_, i) => view.getUint16(first + 2 * i));
  }

  async #interior(
    page: Uint8Array,
    start: number,
    cells: readonly number[],
    number: number,
    depth: number,
  ): Promise<void> {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    for (const cell of cells) {
      if (this.#isFull) return;
      const key = this.#within(number, () => readVarint(page, cell + 4)).value;
      if (key > this.query.after) await this.visit(view.getUint32(cell), depth + 1);
    }
    if (!this.#isFull) await this.visit(view.getUint32(start + 8), depth + 1);
  }

  async #leaf(page: Uint8Array, cells: readonly number[], number: number): Promise<void> {
    for (const cell of cells) {
      if (this.#isFull) return;
      const size = this.#within(number, () => readVarint(page, cell));
      const key = this.#within(number, () => readVarint(page, size.end));
      if (key.value <= this.query.after) continue;
      if (key.value <= (this.rows.at(-1)?.rowid ?? Number.NEGATIVE_INFINITY)) {
        throw this.pager.fault('rows are out of order', number);
      }
      if (size.value < 0) throw this.pager.fault('a row of no size', number);
      if (size.value > MAX_ROW) continue;
      this.#bytes += size.value;
      const bytes = await this.#payload(page, key.end, size.value, number);
      const values = this.#within(number, () =>
        readRecord(bytes, this.query.columns, (text) => this.#decoder.decode(text)),
      );
      this.rows.push({ rowid: key.value, values });
    }
  }

  /** The bytes of a row: those on its page, then those on overflow pages. */
  async #payload(page: Uint8Array, at: number, size: number, number: number): Promise<Uint8Array> {
    const { usable } = this.pager;
    const local = localSize(size, usable);
    if (at + local + (local < size ? 4 : 0) > page.length) throw this.pager.fault('a row lies behind its page', number);
    if (local === size) return page.subarray(at, at + size);
    const bytes = new Uint8Array(size);
    bytes.set(page.subarray(at, at + local));
    let next = new DataView(page.buffer, page.byteOffset + at + local).getUint32(0);
    for (let filled = local; filled < size; ) {
      const more = await this.pager.overflowPage(next);
      const part = more.subarray(4, 4 + Math.min(usable - 4, size - filled));
      bytes.set(part, filled);
      filled += part.length;
      next = new DataView(more.buffer, more.byteOffset).getUint32(0);
    }
    return bytes;
  }

  #within<T>(number: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof MalformedPage || error instanceof RangeError) throw this.pager.fault(error.message, number);
      throw error;
    }
  }
}

/** Bytes of a row that lie on its own page. Source: SQLite Database File Format, section 1.6. */
function localSize(size: number, usable: number): number {
  const most = usable - 35;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}
