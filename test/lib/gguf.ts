/** A tensor of a GGUF file: sizes with the fastest running one first, type by its number in ggml. */
export interface GgufTensor {
  readonly name: string;
  readonly sizes: readonly (number | bigint)[];
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Place that the table claims. */
  readonly offset?: bigint;
}

const ALIGNMENT = 32;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

export const ggufText = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

/** A setting: a whole number of 32 bits, a text, or a list of texts. */
function setting(key: string, value: number | string | readonly string[]): Buffer {
  if (typeof value === 'number') return Buffer.concat([ggufText(key), u32(4), u32(value)]);
  if (typeof value === 'string') return Buffer.concat([ggufText(key), u32(8), ggufText(value)]);
  return Buffer.concat([ggufText(key), u32(9), u32(8), u64(value.length), ...value.map(ggufText)]);
}

/** A GGUF file of version 3 as llama.cpp lays it out. */
export function gguf(
  tensors: readonly GgufTensor[],
  settings: Readonly<Record<string, number | string | readonly string[]>> = {},
  claims: { readonly version?: number; readonly tensors?: bigint; readonly settings?: bigint } = {},
): Uint8Array {
  const pairs = Object.entries(settings);
  const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  const table: Buffer[] = [];
  let at = 0;
  for (const { name, sizes, type, bytes, offset } of tensors) {
    table.push(ggufText(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset ?? at));
    at += padded(bytes.length);
  }
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(claims.version ?? 3),
    u64(claims.tensors ?? tensors.length),
    u64(claims.settings ?? pairs.length),
    ...pairs.map(([key, value]) => setting(key, value)),
    ...table,
  ]);
  const pad = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
  return Buffer.concat([pad(header), ...tensors.map(({ bytes }) => pad(bytes))]);
}
