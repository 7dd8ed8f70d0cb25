/** A tensor for a safetensors file; `dtype` as the format names it, `bytes` its entries. */
export interface Raw {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Numbers as the bytes of F32. */
export function f32(values: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** A safetensors file with these tensors in order, as the format's own writer lays it out. */
export function safetensors(tensors: readonly Raw[]): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = {};
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  return withHeader(JSON.stringify(header), ...tensors.map(({ bytes }) => bytes));
}

/** A file with any text as its header. */
export function withHeader(header: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Buffer.concat([length, text, ...parts]);
}
