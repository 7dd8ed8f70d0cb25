/** Writes `count` entries, one or more, from byte `at`, `stride` entries apart, to `out[to]`, `out[to + step]`, … */
export type Decode<Out extends Float32Array | Float64Array = Float32Array> = (
  bytes: Uint8Array,
  at: number,
  count: number,
  stride: number,
  out: Out,
  to: number,
  step: number,
) => void;

/** How the entries of a tensor are stored: little-endian, in blocks of one or more entries. */
export interface Dtype {
  /** As safetensors and GGUF write it. */
  readonly name: string;
  readonly blockEntries: number;
  readonly blockBytes: number;
  /** Null for entries that are no weights: whole numbers, truth values, complex numbers. */
  readonly decode: Decode | null;
  /** Only of doubles: the entries without loss. */
  readonly decodeDoubles?: Decode<Float64Array>;
}

/** Bytes of `entries` entries that begin at a block. */
export function bytesOf(dtype: Dtype, entries: number): number {
  return (entries / dtype.blockEntries) * dtype.blockBytes;
}

function plain(name: string, blockBytes: number, decode: Decode | null): Dtype {
  return { name, blockEntries: 1, blockBytes, decode };
}

/**
 * Bytes from `at` on at the start of a buffer of their own when their place is no multiple of `width`: views need that.
 */
function aligned(bytes: Uint8Array, at: number, length: number, width: number): Uint8Array {
  const part = bytes.subarray(at, at + length);
  return part.byteOffset % width === 0 ? part : new Uint8Array(part);
}

function floats(bytes: Uint8Array, at: number, count: number): Float32Array {
  const part = aligned(bytes, at, count * 4, 4);
  return new Float32Array(part.buffer, part.byteOffset, count);
}

function doubles(bytes: Uint8Array, at: number, count: number): Float64Array {
  const part = aligned(bytes, at, count * 8, 8);
  return new Float64Array(part.buffer, part.byteOffset, count);
}

function words(bytes: Uint8Array, at: number, count: number): Uint16Array {
  const part = aligned(bytes, at, count * 2, 2);
  return new Uint16Array(part.buffer, part.byteOffset, count);
}

/** Copies entries that need no table; a double that is too large becomes infinite, and is counted as not finite. */
function copied<Out extends Float32Array | Float64Array>(
  view: (bytes: Uint8Array, at: number, count: number) => Float32Array | Float64Array,
): Decode<Out> {
  return (bytes, at, count, stride, out, to, step) => {
    const from = view(bytes, at, (count - 1) * stride + 1);
    if (stride === 1 && step === 1) out.set(from, to);
    else for (let i = 0; i < count; i++) out[to + i * step] = from[i * stride]!;
  };
}

/** The upper half of a float32. */
const decodeBf16: Decode = (bytes, at, count, stride, out, to, step) => {
  const from = words(bytes, at, (count - 1) * stride + 1);
  const bits = new Uint32Array(out.buffer, out.byteOffset + to * 4, (count - 1) * step + 1);
  if (stride === 1 && step === 1) for (let i = 0; i < count; i++) bits[i] = from[i]! << 16;
  else for (let i = 0; i < count; i++) bits[i * step] = from[i * stride]! << 16;
};

/** Every value that a format of `width` bits with sign, exponent and mantissa can hold, by its bits. */
interface SmallFloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /**
   * What the top exponent and the sign of zero mean. `ieee`: infinities and NaN; `finite`: NaN with all bits set and no
   * infinity; `unsignedZero`: negative zero is the only NaN.
   */
  readonly special: 'ieee' | 'finite' | 'unsignedZero';
}

function tableOf({ exponentBits, mantissaBits, bias, special }: SmallFloat): Float32Array {
  const half = 1 << (exponentBits + mantissaBits);
  const top = (1 << exponentBits) - 1;
  const table = new Float32Array(half * 2);
  for (let bits = 0; bits < half; bits++) {
    const exponent = bits >> mantissaBits;
    const mantissa = bits & ((1 << mantissaBits) - 1);
    const fraction = mantissa / (1 << mantissaBits);
    let value = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
    if (special === 'ieee' && exponent === top) value = mantissa === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    if (special === 'finite' && bits === half - 1) value = Number.NaN;
    table[bits] = value;
    table[half + bits] = special === 'unsignedZero' && bits === 0 ? Number.NaN : -value;
  }
  return table;
}

/** Made at the first use. */
function lazily(make: () => Float32Array): () => Float32Array {
  let table: Float32Array | undefined;
  return () => {
    table ??= make();
    return table;
  };
}

/** Reads entries of one or two bytes by a table of all values. */
function tabled(tableFor: () => Float32Array): Decode {
  return (bytes, at, count, stride, out, to, step) => {
    const table = tableFor();
    const length = (count - 1) * stride + 1;
    if (table.length > 256) lookUp(table, words(bytes, at, length), count, stride, out, to, step);
    else lookUp(table, bytes.subarray(at, at + length), count, stride, out, to, step);
  };
}

function lookUp(
  table: Float32Array,
  from: Uint8Array | Uint16Array,
  count: number,
  stride: number,
  out: Float32Array,
  to: number,
  step: number,
): void {
  const values = out.subarray(to);
  if (stride === 1 && step === 1) for (let i = 0; i < count; i++) values[i] = table[from[i]!]!;
  else for (let i = 0; i < count; i++) values[i * step] = table[from[i * stride]!]!;
}

const halves = lazily(() => tableOf({ exponentBits: 5, mantissaBits: 10, bias: 15, special: 'ieee' }));

/** Powers of two with 8 bits of exponent, 0xff is NaN: the scales of microscaling formats. */
const powers = lazily(() =>
  Float32Array.from({ length: 256 }, (_, bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127))),
);

const Q8_ENTRIES = 32;
const Q8_BYTES = 34;

/** Blocks of 32 whole numbers of 8 bits behind their common factor, a float16. Only whole blocks side by side. */
const decodeQ8: Decode = (bytes, at, count, _stride, out, to, step) => {
  const half = halves();
  for (let block = 0, from = at; block < count; block += Q8_ENTRIES, from += Q8_BYTES) {
    const factor = half[bytes[from]! | (bytes[from + 1]! << 8)]!;
    for (let i = 0; i < Q8_ENTRIES; i++) out[to + (block + i) * step] = factor * ((bytes[from + 2 + i]! << 24) >> 24);
  }
};

/**
 * What can be stored, by name. Layouts: IEEE 754; bfloat16; FP8 of arXiv 2209.05433 and its FNUZ variants of
 * arXiv 2206.02915; E8M0 of the OCP microscaling specification; Q8_0 of ggml.
 */
export const DTYPES = {
  F64: { ...plain('F64', 8, copied(doubles)), decodeDoubles: copied(doubles) },
  F32: plain('F32', 4, copied(floats)),
  F16: plain('F16', 2, tabled(halves)),
  BF16: plain('BF16', 2, decodeBf16),
  F8_E4M3: small('F8_E4M3', { exponentBits: 4, mantissaBits: 3, bias: 7, special: 'finite' }),
  F8_E5M2: small('F8_E5M2', { exponentBits: 5, mantissaBits: 2, bias: 15, special: 'ieee' }),
  F8_E4M3FNUZ: small('F8_E4M3FNUZ', { exponentBits: 4, mantissaBits: 3, bias: 8, special: 'unsignedZero' }),
  F8_E5M2FNUZ: small('F8_E5M2FNUZ', { exponentBits: 5, mantissaBits: 2, bias: 16, special: 'unsignedZero' }),
  F8_E8M0: plain('F8_E8M0', 1, tabled(powers)),
  Q8_0: { name: 'Q8_0', blockEntries: Q8_ENTRIES, blockBytes: Q8_BYTES, decode: decodeQ8 },
  BOOL: plain('BOOL', 1, null),
  U8: plain('U8', 1, null),
  I8: plain('I8', 1, null),
  U16: plain('U16', 2, null),
  I16: plain('I16', 2, null),
  U32: plain('U32', 4, null),
  I32: plain('I32', 4, null),
  U64: plain('U64', 8, null),
  I64: plain('I64', 8, null),
  C64: plain('C64', 8, null),
  C128: plain('C128', 16, null),
} as const satisfies Readonly<Record<string, Dtype>>;

export type DtypeName = keyof typeof DTYPES;

function small(name: string, layout: SmallFloat): Dtype {
  const values = lazily(() => tableOf(layout));
  return plain(name, 1, tabled(values));
}

/** The dtype called `name` in safetensors; undefined when it is not known. */
export function dtypeNamed(name: string): Dtype | undefined {
  return Object.hasOwn(DTYPES, name) ? DTYPES[name as DtypeName] : undefined;
}
