/** The memory of a kernel. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Compiler {
  readonly Module: new (code: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE = 65_536;

/** What the kernel `code` exports; its memory is grown to `bytes`. Kernels import nothing and take a few kB. */
export function instantiate<E extends { readonly memory: KernelMemory }>(
  code: Uint8Array<ArrayBuffer>,
  bytes: number,
): E {
  // The types of the core know no host; every host that it runs in has this.
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Compiler }).WebAssembly;
  const exports = new Instance(new Module(code)).exports as E;
  const missing = bytes - exports.memory.buffer.byteLength;
  if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
  return exports;
}
