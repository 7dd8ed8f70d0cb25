/// <reference path="./kernel.d.ts" />
import columnsCode from 'kernels:columns';
import { instantiate, type KernelMemory } from '../wasm';

/** What the integers of a packed block stand for; the forms of `src/kernels/columns.ts`. */
export enum Form {
  Doubles = 0,
  Singles = 1,
  Decimals = 2,
}

interface Exports {
  readonly memory: KernelMemory;
  pack(values: number, count: number, form: number, factor: number, out: number): number;
  unpack(from: number, count: number, form: number, factor: number, values: number): void;
}

/** Values of the longest block. */
const MOST_VALUES = 4096;
/** Where things lie in the memory of the kernel, whose own data take less than the first 4 kB. */
const VALUES = 0x1000;
const PACKED = VALUES + MOST_VALUES * 8;
/** Beside eight bytes of each value those before each group of 64, and those that may be looked at after the last. */
const MEMORY = PACKED + MOST_VALUES * 8 + (MOST_VALUES / 64) * 10 + 16;

let kernel: { readonly exports: Exports; readonly values: Float64Array; readonly bytes: Uint8Array } | undefined;

/** The kernel of this thread; compiled with the first need. */
function packKernel(): NonNullable<typeof kernel> {
  if (kernel === undefined) {
    const exports = instantiate<Exports>(columnsCode, MEMORY);
    const { buffer } = exports.memory;
    kernel = { exports, values: new Float64Array(buffer, VALUES, MOST_VALUES), bytes: new Uint8Array(buffer) };
  }
  return kernel;
}

/**
 * At most `MOST_VALUES` values as groups of integers, each with the width that a prediction from those before it leaves:
 * the idea of Gorilla (Pelkonen et al. 2015, 10.14778/2824032.2824078), by the group. Of decimals `factor` is a power of
 * ten whose products with the values are whole numbers below 2^53 or nearly so. Gives back every bit.
 */
export function pack(values: Float64Array, form: Form, factor: number): Uint8Array {
  const { exports, values: input, bytes } = packKernel();
  input.set(values);
  const length = exports.pack(VALUES, values.length, form, factor, PACKED);
  return bytes.slice(PACKED, PACKED + length);
}

/** The `count` values that were packed; valid until the next call. */
export function unpack(packed: Uint8Array, count: number, form: Form, factor: number): Float64Array {
  const { exports, values, bytes } = packKernel();
  bytes.set(packed, PACKED);
  exports.unpack(PACKED, count, form, factor, VALUES);
  return values.subarray(0, count);
}
