/// <reference path="./kernels.d.ts" />
import relaxed from 'kernels:relaxed';
import simd from 'kernels:simd';
import { LosslineError } from '../errors';
import { growTo, instantiate, isKnown, type KernelMemory, PAGE } from '../wasm';

/** The functions of `src/kernels`; arguments are byte offsets into the memory, counts and strides are in values. */
export interface KernelFunctions {
  productWork(columns: number): number;
  product32(...args: ProductArguments): void;
  product64(...args: ProductArguments): void;
  sweepWork(panels: number): number;
  sweep(
    z: number,
    a: number,
    strideA: number,
    x: number,
    length: number,
    rows: number,
    columns: number,
    panels: number,
    work: number,
  ): void;
  forward(...args: SkinnyArguments): void;
  backward(...args: SkinnyArguments): void;
  scan(source: number, count: number, result: number): void;
  widenBf16(target: number, source: number, count: number): void;
  widenF16(target: number, source: number, count: number): void;
  narrowBf16(target: number, source: number, count: number): void;
  narrowF16(target: number, source: number, count: number): void;
  tridiagonalise(matrix: number, size: number, diagonal: number, beside: number, work: number): void;
}

type SkinnyArguments = [
  target: number,
  lengthTarget: number,
  a: number,
  strideA: number,
  source: number,
  lengthSource: number,
  rows: number,
  columns: number,
  panels: number,
];

type ProductArguments = [
  c: number,
  strideC: number,
  a: number,
  strideA: number,
  transposeA: boolean,
  b: number,
  strideB: number,
  transposeB: boolean,
  m: number,
  n: number,
  k: number,
  lower: boolean,
  work: number,
];

/** Largest memory of one instance: what WebAssembly can address, less one page. */
const MAX_BYTES = 4 * 1024 ** 3 - PAGE;

/** Which binary is used: `relaxed` has fused multiply-add. */
export type KernelVariant = 'simd' | 'relaxed';

/** The kernels with a memory of their own, given out from the bottom and taken back in the reverse order. */
export class Kernels {
  readonly call: KernelFunctions;
  readonly #memory: KernelMemory;
  #top = 16;
  #peak = 0;

  constructor(readonly variant: KernelVariant = bestVariant()) {
    const exports = instantiate<KernelFunctions & { readonly memory: KernelMemory }>(
      variant === 'relaxed' ? relaxed : simd,
    );
    this.call = exports;
    this.#memory = exports.memory;
  }

  /** Highest number of bytes that were in use at a time. */
  get peak(): number {
    return this.#peak;
  }

  /** Room for `bytes`, 16-byte aligned; its contents are not defined. Throws `spectra.tooLarge` when the memory ends. */
  allocate(bytes: number): number {
    const at = this.#top;
    const top = at + Math.ceil(bytes / 16) * 16;
    if (top > this.#memory.buffer.byteLength) this.#grow(top);
    this.#top = top;
    this.#peak = Math.max(this.#peak, top);
    return at;
  }

  /** Room for `count` zeros of float32 (4 bytes) or float64 (8 bytes). */
  zeros(count: number, bytesEach: 4 | 8): number {
    const at = this.allocate(count * bytesEach);
    this.bytes(at, count * bytesEach).fill(0);
    return at;
  }

  /** Runs `work` and then takes back what it allocated. */
  scope<T>(work: () => T): T {
    const mark = this.#top;
    const done = (): void => {
      this.#top = mark;
    };
    try {
      const result = work();
      if (result instanceof Promise) return result.finally(done) as T;
      done();
      return result;
    } catch (error) {
      done();
      throw error;
    }
  }

  /** Views are valid until the next allocation. */
  bytes(at: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, at, count);
  }

  f32(at: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, at, count);
  }

  f64(at: number, count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#memory.buffer, at, count);
  }

  #grow(top: number): void {
    const tooLarge = new LosslineError('spectra.tooLarge', `A matrix needs ${Math.ceil(top / 2 ** 20)} MiB of memory.`);
    if (top > MAX_BYTES) throw tooLarge;
    try {
      growTo(this.#memory, top);
    } catch {
      throw tooLarge;
    }
  }
}

let ofThread: Kernels | undefined;

let last: Promise<unknown> = Promise.resolve();

/**
 * What `use` makes of the kernels of this thread. One memory serves all matrices, because WebAssembly never gives memory back, so
 * calls wait for one another.
 */
export function withThreadKernels<T>(use: (kernels: Kernels) => Promise<T>): Promise<T> {
  const result = last.then(() => {
    ofThread ??= new Kernels();
    return use(ofThread);
  });
  last = result.catch(() => undefined);
  return result;
}

/** The fastest variant that this engine can run. */
export function bestVariant(): KernelVariant {
  return isKnown(relaxed) ? 'relaxed' : 'simd';
}
