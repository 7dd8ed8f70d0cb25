import type { Kernels } from './kernels';
import type { RowSource } from './rowSource';

/** Rows come in groups of this many, a multiple of the height of a tile of each binary of the kernels. Missing rows are zeros. */
const ROW_GROUP = 12;

/** Values that are read and looked at in one go: 16 MB. */
const READ_VALUES = 4 * 1024 * 1024;

/** What one look at all entries tells. */
export interface EntryFacts {
  /** Sum of squares of the finite entries. */
  readonly energy: number;
  /** Largest absolute value, and where it is. */
  readonly largest: number;
  readonly largestRow: number;
  readonly largestColumn: number;
  readonly nonFinite: number;
}

/** A block of rows in the kernels' memory: float32, row-major, `height` a multiple of 12 with zeros below the last row. */
export type BlockVisitor = (at: number, firstRow: number, height: number) => void;

type Residence = 'f32' | 'f16' | 'bf16' | 'streamed';

/**
 * A matrix for many walks over its rows. It is kept in the kernels' memory when it fits into `budget` bytes, with half-width
 * floats where nothing is lost by that, and read again for every walk when it does not.
 */
export class StoredMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly residence: Residence;
  facts: EntryFacts = { energy: 0, largest: 0, largestRow: 0, largestColumn: 0, nonFinite: 0 };
  /** An entry that walks see as zero. */
  #hidden: { readonly row: number; readonly column: number } | undefined;
  readonly #kernels: Kernels;
  readonly #source: RowSource;
  readonly #resident: number;
  readonly #block: number;
  readonly #blockRows: number;

  /** Reads the matrix once. The memory it takes belongs to the scope of `kernels` that is open. */
  static async load(kernels: Kernels, source: RowSource, budget: number): Promise<StoredMatrix> {
    const matrix = new StoredMatrix(kernels, source, budget);
    await matrix.#load();
    return matrix;
  }

  private constructor(kernels: Kernels, source: RowSource, budget: number) {
    this.#kernels = kernels;
    this.#source = source;
    this.rows = source.rows;
    this.columns = source.columns;
    const values = paddedRows(source.rows) * source.columns + 8;
    this.residence = residenceFor(source.width, values, budget);
    const perBlock = Math.max(1, Math.floor(READ_VALUES / source.columns / ROW_GROUP)) * ROW_GROUP;
    this.#blockRows = Math.min(perBlock, paddedRows(source.rows));
    this.#resident = this.residence === 'streamed' ? 0 : kernels.allocate(values * (this.residence === 'f32' ? 4 : 2));
    this.#block = this.residence === 'f32' ? 0 : kernels.allocate((this.#blockRows * source.columns + 8) * 4);
  }

  /** Walks over all rows from the top. */
  async walk(visit: BlockVisitor): Promise<void> {
    if (this.residence === 'f32') {
      visit(this.#resident, 0, paddedRows(this.rows));
      return;
    }
    for (let row = 0; row < this.rows; row += this.#blockRows) {
      const height = Math.min(this.#blockRows, this.rows - row);
      await this.#fetch(row, height);
      visit(this.#block, row, paddedRows(height));
    }
  }

  /** Place of rows in float32: where they are kept, or `spare` after they were written there. */
  async rowsAt(firstRow: number, rowCount: number, spare: number): Promise<number> {
    if (this.residence === 'f32') return this.#resident + firstRow * this.columns * 4;
    for (let row = 0; row < rowCount; row += this.#blockRows) {
      const height = Math.min(this.#blockRows, rowCount - row);
      await this.#fetch(firstRow + row, height);
      const count = height * this.columns;
      this.#kernels.f32(spare + row * this.columns * 4, count).set(this.#kernels.f32(this.#block, count));
    }
    return spare;
  }

  /** From now on walks see a zero at this entry. */
  hideEntry(row: number, column: number): void {
    this.#hidden = { row, column };
    if (this.residence === 'f32') this.#hide(this.#resident, 0, this.rows);
  }

  async #load(): Promise<void> {
    const result = this.#kernels.allocate(32);
    // A matrix stored by columns costs least when it is read in one block.
    const step = this.residence === 'f32' ? this.rows : this.#blockRows;
    for (let row = 0; row < this.rows; row += step) {
      const height = Math.min(step, this.rows - row);
      const at = this.residence === 'f32' ? this.#resident : this.#block;
      await this.#read(at, row, height);
      this.#look(at, row, height, result);
      if (this.residence === 'bf16' || this.residence === 'f16') this.#narrow(row, height);
    }
  }

  /** Reads rows to `at` and fills the group up with zeros. */
  async #read(at: number, row: number, height: number): Promise<void> {
    const count = height * this.columns;
    await this.#source.read(row, height, this.#kernels.f32(at, count));
    this.#kernels.f32(at + count * 4, paddedRows(height) * this.columns + 8 - count).fill(0);
  }

  /** Rows of a matrix that is not kept in float32, into the block. */
  async #fetch(row: number, height: number): Promise<void> {
    if (this.residence === 'streamed') await this.#read(this.#block, row, height);
    else this.#widen(row, height);
    this.#hide(this.#block, row, height);
  }

  #look(at: number, row: number, height: number, result: number): void {
    const { columns } = this;
    for (let from = 0; from < height * columns; from += READ_VALUES) {
      const count = Math.min(READ_VALUES, height * columns - from);
      this.#kernels.call.scan(at + from * 4, Math.ceil(count / 4) * 4, result);
      const [squares, largest, nonFinite] = this.#kernels.f64(result, 3) as unknown as [number, number, number];
      const { facts } = this;
      let place = facts.largestRow * columns + facts.largestColumn;
      if (largest > facts.largest) {
        const values = this.#kernels.f32(at + from * 4, count);
        place = row * columns + from + values.findIndex((value) => Math.abs(value) === largest);
      }
      this.facts = {
        energy: facts.energy + squares,
        largest: Math.max(facts.largest, largest),
        largestRow: Math.floor(place / columns),
        largestColumn: place % columns,
        nonFinite: facts.nonFinite + nonFinite,
      };
    }
  }

  #narrow(row: number, height: number): void {
    const { narrowBf16, narrowF16 } = this.#kernels.call;
    const narrow = this.residence === 'bf16' ? narrowBf16 : narrowF16;
    narrow(this.#resident + row * this.columns * 2, this.#block, height * this.columns);
  }

  #widen(row: number, height: number): void {
    const { widenBf16, widenF16 } = this.#kernels.call;
    const widen = this.residence === 'bf16' ? widenBf16 : widenF16;
    const count = height * this.columns;
    widen(this.#block, this.#resident + row * this.columns * 2, count);
    this.#kernels.f32(this.#block + count * 4, paddedRows(height) * this.columns - count).fill(0);
  }

  #hide(at: number, row: number, height: number): void {
    const hidden = this.#hidden;
    if (hidden === undefined || hidden.row < row || hidden.row >= row + height) return;
    this.#kernels.f32(at + ((hidden.row - row) * this.columns + hidden.column) * 4, 1)[0] = 0;
  }
}

/** `rows` rounded up to whole groups. */
export function paddedRows(rows: number): number {
  return Math.ceil(rows / ROW_GROUP) * ROW_GROUP;
}

function residenceFor(width: RowSource['width'], values: number, budget: number): Residence {
  if (values * 4 <= budget) return 'f32';
  if (width !== 'f32' && values * 2 <= budget) return width;
  return 'streamed';
}
