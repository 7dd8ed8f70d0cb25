/** The memory of a kernel. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What the core needs of WebAssembly: its types know no host, and every host that it runs in has this. */
interface WebAssemblyHost {
  readonly Module: new (code: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(code: Uint8Array<ArrayBuffer>): boolean;
}

const { WebAssembly: host } = globalThis as unknown as { readonly WebAssembly: WebAssemblyHost };

/** Bytes by which memories grow. */
export const PAGE = 65_536;

/** What the kernel `code` exports; its memory has `bytes` at least. Kernels take a few kB and nothing of the host. */
export function instantiate<E extends { readonly memory: KernelMemory }>(code: Uint8Array<ArrayBuffer>, bytes = 0): E {
  const exports = new host.Instance(new host.Module(code), { env: { abort: () => undefined } }).exports as E;
  growTo(exports.memory, bytes);
  return exports;
}

/** Grows a memory to `bytes` at least. Throws a `RangeError` where the host has no more. */
export function growTo(memory: KernelMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

/** Whether the engine knows every instruction of `code`. */
export function isKnown(code: Uint8Array<ArrayBuffer>): boolean {
  return host.validate(code);
}
