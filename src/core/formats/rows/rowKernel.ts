/// <reference path="./kernel.d.ts" />
import rowsCode from 'kernels:rows';
import { READ_CHUNK } from '../../limits';
import { instantiate, type KernelMemory } from '../../wasm';

interface Exports {
  readonly memory: KernelMemory;
  readonly powers: { readonly value: number };
  readonly LEAST_POWER: { readonly value: number };
  readonly GREATEST_POWER: { readonly value: number };
  rows(
    template: number,
    from: number,
    to: number,
    values: number,
    present: number,
    capacity: number,
    limit: number,
  ): number;
  end(): number;
  last(): number;
}

/** Where things lie in the memory of the kernel. Its own tables take less than the first page. */
export const TEMPLATE = 0x10000;
/** Bytes of a template: pieces and gaps. */
export const MAX_TEMPLATE = 0x10000;
const INPUT = TEMPLATE + MAX_TEMPLATE;
const WINDOW = READ_CHUNK;
/** Zeros behind the input: no row goes on there. */
const ZEROS = 16;
const VALUES = INPUT + WINDOW + ZEROS;
/** Numbers that are read at once, in rows of any width. */
const MAX_VALUES = 65_536;
const PRESENT = VALUES + MAX_VALUES * 8;
const MEMORY = PRESENT + MAX_VALUES;
const MAX_ROWS = 8192;
/** A row that may be cut off by the end of the window: it is read again from the start of the next one. */
const MAX_ROW = 0x10000;

/**
 * The kernel of `src/kernels/rows.ts` with one template and one window of bytes in its memory. Readers take turns: each
 * says what it works on with `use`, and what it was given is valid until another one does.
 */
class RowKernel {
  readonly #exports = instantiate<Exports>(rowsCode, MEMORY);
  readonly #bytes = new Uint8Array(this.#exports.memory.buffer);
  readonly #values = new Float64Array(this.#exports.memory.buffer, VALUES, MAX_VALUES);
  readonly #present = new Uint8Array(this.#exports.memory.buffer, PRESENT, MAX_VALUES);
  #template: Uint8Array | undefined;
  #source: Uint8Array | undefined;
  /** Part of the source that is in memory. */
  #from = 0;
  #to = 0;
  #capacity = 0;

  constructor() {
    const { LEAST_POWER, GREATEST_POWER, powers } = this.#exports;
    const table = new DataView(this.#exports.memory.buffer, powers.value);
    for (let power = LEAST_POWER.value, at = 0; power <= GREATEST_POWER.value; power++, at += 16) {
      const significand = significandOf(power);
      table.setBigUint64(at, significand >> 64n, true);
      table.setBigUint64(at + 8, significand & 0xffff_ffff_ffff_ffffn, true);
    }
  }

  /** Forgets the bytes: they may have changed, although the array is the same. */
  forget(): void {
    this.#source = undefined;
  }

  /** Reads rows of `template`, whose pieces hold `cells` values, from `at` of `bytes` on; returns how many. */
  read(template: Uint8Array, cells: number, bytes: Uint8Array, at: number, limit = MAX_ROWS): number {
    if (this.#template !== template) {
      this.#template = template;
      this.#bytes.set(template, TEMPLATE);
    }
    const isCut = this.#to - at < MAX_ROW && this.#to < bytes.length;
    if (this.#source !== bytes || at < this.#from || isCut) this.#load(bytes, at);
    this.#capacity = Math.min(MAX_ROWS, Math.floor(MAX_VALUES / cells));
    const shift = INPUT - this.#from;
    const most = Math.min(limit, this.#capacity);
    return this.#exports.rows(TEMPLATE, at + shift, this.#to + shift, VALUES, PRESENT, this.#capacity, most);
  }

  /** Position in the bytes after the last row read. */
  get end(): number {
    return this.#exports.end() - INPUT + this.#from;
  }

  /** Position in the bytes of the last row read. */
  get last(): number {
    return this.#exports.last() - INPUT + this.#from;
  }

  /** Numbers of the first `count` rows read last. */
  values(cell: number, count: number): Float64Array {
    return this.#values.subarray(cell * this.#capacity, cell * this.#capacity + count);
  }

  /** Whether an optional cell of these rows holds a number. */
  present(cell: number, count: number): Uint8Array {
    return this.#present.subarray(cell * this.#capacity, cell * this.#capacity + count);
  }

  #load(bytes: Uint8Array, at: number): void {
    this.#source = bytes;
    this.#from = at;
    this.#to = Math.min(bytes.length, at + WINDOW);
    this.#bytes.set(bytes.subarray(at, this.#to), INPUT);
    this.#bytes.fill(0, INPUT + this.#to - at, INPUT + this.#to - at + ZEROS);
  }
}

/**
 * The 128-bit significand of 10^power: the first 128 bits of 5^power. That of a reciprocal whose divisor fits 64 bits
 * is rounded up. Source: Lemire 2021, arXiv 2101.11408, section 5.
 */
function significandOf(power: number): bigint {
  const five = 5n ** BigInt(Math.abs(power));
  const length = five.toString(2).length;
  if (power >= 0) return length > 128 ? five >> BigInt(length - 128) : five << BigInt(128 - length);
  return (1n << BigInt(length + 127)) / five + (length <= 64 ? 1n : 0n);
}

let kernel: RowKernel | undefined;

/** Says that the bytes of an array that was read may change. */
export function forgetBytes(): void {
  kernel?.forget();
}

/** The kernel of this thread; compiled with the first need. */
export function rowKernel(): RowKernel {
  kernel ??= new RowKernel();
  return kernel;
}
