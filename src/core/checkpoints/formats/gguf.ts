import { LosslineError } from '../../errors';
import { MAX_DIMENSIONS, MAX_GGUF_HEADER, MAX_TENSORS } from '../../limits';
import type { ByteSource } from '../bytes/byteSource';
import { readPrefix } from '../bytes/prefix';
import type { SkippedTensor, StoredCheckpoint, StoredTensor } from '../checkpoint';
import { bytesOf, DTYPES, type Dtype } from '../dtypes';
import type { CheckpointFormat } from '../format';
import { headsIn } from '../matrices/heads';
import { denseStrides, entriesOf, shapeFault } from '../shapes';

const MAGIC = 0x46554747;
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
/** Settings that are used: all others are passed over. */
const KEPT = /^general\.alignment$|\.attention\.head_count(_kv)?$/;
/** Arrays in arrays; none are known. */
const MAX_NESTING = 4;

/** Types of ggml that are read, by number. */
const TYPES: ReadonlyMap<number, Dtype> = new Map<number, Dtype>([
  [0, DTYPES.F32],
  [1, DTYPES.F16],
  [8, DTYPES.Q8_0],
  [24, DTYPES.I8],
  [25, DTYPES.I16],
  [26, DTYPES.I32],
  [27, DTYPES.I64],
  [28, DTYPES.F64],
  [30, DTYPES.BF16],
]);

/** Quantisations that lose too much for a spectrum of the weights, by number. */
const LOSSY: Readonly<Record<number, string>> = {
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

/** A model of llama.cpp: settings, a table of tensors, their entries. */
export const gguf: CheckpointFormat = {
  id: 'gguf',
  title: 'GGUF',
  source: {
    authors: 'ggml',
    year: 2023,
    title: 'ggml',
    id: 'ggml-org/ggml',
    where: 'docs/gguf.md; types in include/ggml.h',
  },
  files: '.gguf',
  recognise: (head) => String.fromCharCode(...head.subarray(0, 4)) === 'GGUF',
  read: async (source) => {
    const header = await readPrefix(source, MAX_GGUF_HEADER, readHeader, (error) => error instanceof Cut).catch(
      (error) => {
        if (!(error instanceof Cut || error instanceof Fault)) throw error;
        throw new LosslineError('checkpoint.invalid', error.message, source.file, error.position);
      },
    );
    return tensorsOf(source, header);
  },
};

class Fault extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

class Cut extends Fault {}

/** Takes fields of the header one after the other. */
class Fields {
  position = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fault(message: string): Fault {
    return new Fault(message, this.position);
  }

  skip(length: number): number {
    if (length > this.bytes.length - this.position) throw new Cut('The header is cut off or too long.', this.position);
    this.position += length;
    return this.position - length;
  }

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** Above 2^53 it is rounded, and larger than any file. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.skip(8), true));
  }

  text(): string {
    const length = this.u64();
    const at = this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(at, at + length));
  }
}

/** Bytes of the settings' types by number; texts (8) and arrays (9) have none of their own. */
const WIDTHS: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const ARRAY = 9;
const U32 = 4;
const I32 = 5;

/** Passes a value; whole numbers of 32 bits are returned. */
function passValue(fields: Fields, type: number, depth = 0): number | undefined {
  if (type === U32 || type === I32) return fields.u32();
  const width = WIDTHS[type];
  if (width !== undefined) fields.skip(width);
  else if (type === TEXT) fields.skip(fields.u64());
  else if (type === ARRAY && depth < MAX_NESTING) passArray(fields, depth + 1);
  else throw fields.fault(`A setting of type ${type} is not known or nested too deep.`);
  return undefined;
}

function passArray(fields: Fields, depth: number): void {
  const type = fields.u32();
  const count = fields.u64();
  const width = WIDTHS[type];
  if (width !== undefined) fields.skip(count * width);
  else for (let i = 0; i < count; i++) passValue(fields, type, depth);
}

/** One row of the table of tensors. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

interface Header {
  readonly entries: readonly Entry[];
  readonly settings: ReadonlyMap<string, number>;
  /** Byte where entries begin. */
  readonly start: number;
}

function readHeader(bytes: Uint8Array): Header {
  const fields = new Fields(bytes);
  if (fields.u32() !== MAGIC) throw fields.fault('This is no GGUF file.');
  const version = fields.u32();
  if (!VERSIONS.includes(version)) throw fields.fault(`Version ${version} or its byte order is not known.`);
  const count = fields.u64();
  const settingCount = fields.u64();
  if (count > MAX_TENSORS) throw fields.fault(`${count} tensors are more than ${MAX_TENSORS}.`);
  const settings = new Map<string, number>();
  for (let i = 0; i < settingCount; i++) {
    const key = fields.text();
    const value = passValue(fields, fields.u32());
    if (value !== undefined && KEPT.test(key)) settings.set(key, value);
  }
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) entries.push(readEntry(fields));
  const alignment = settings.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (alignment === 0 || alignment % 8 !== 0) throw fields.fault(`An alignment of ${alignment} bytes.`);
  return { entries, settings, start: Math.ceil(fields.position / alignment) * alignment };
}

function readEntry(fields: Fields): Entry {
  const name = fields.text();
  const dimensions = fields.u32();
  if (dimensions > MAX_DIMENSIONS) throw fields.fault(`${name} has ${dimensions} dimensions.`);
  const shape = Array.from({ length: dimensions }, () => fields.u64());
  // The first of them runs fastest.
  return { name, shape: shape.reverse(), type: fields.u32(), offset: fields.u64() };
}

function tensorsOf(source: ByteSource, { entries, settings, start }: Header): StoredCheckpoint {
  const tensors: StoredTensor[] = [];
  const skipped: SkippedTensor[] = [];
  const names = new Set<string>();
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    const { name, shape, offset } = entry;
    const dtype = TYPES.get(entry.type);
    const reason = names.has(name) ? 'described twice' : faultOf(entry, dtype, source.size - start, end);
    names.add(name);
    if (dtype === undefined || reason !== null) {
      skipped.push({ name, file: source.file, reason: reason! });
      continue;
    }
    end = offset + bytesOf(dtype, entriesOf(shape));
    const chunk = { start: shape.map(() => 0), shape, strides: denseStrides(shape), source, offset: start + offset };
    tensors.push({ name, aliases: [], dtype, shape, chunks: [chunk] });
  }
  const setting = (key: string): number | undefined =>
    [...settings].find(([name]) => name.endsWith(`.attention.${key}`))?.[1];
  const heads = headsIn((key) =>
    key === 'n_heads' ? setting('head_count') : key === 'n_kv_heads' ? setting('head_count_kv') : undefined,
  );
  return { tensors, skipped, paramGroups: [], ...(heads !== undefined && { heads }) };
}

function faultOf({ shape, type, offset }: Entry, dtype: Dtype | undefined, size: number, end: number): string | null {
  if (dtype === undefined) {
    return Object.hasOwn(LOSSY, type) ? `${LOSSY[type]} is a lossy quantisation` : `ggml type ${type} is not known`;
  }
  const fault = shapeFault(shape);
  if (fault !== null) return fault;
  if ((shape.at(-1) ?? 1) % dtype.blockEntries !== 0)
    return `rows of ${shape.at(-1)} entries are no blocks of ${dtype.blockEntries}`;
  if (offset + bytesOf(dtype, entriesOf(shape)) > size) return `ends behind the file: it is cut off`;
  return offset < end ? 'overlaps the tensor before' : null;
}
