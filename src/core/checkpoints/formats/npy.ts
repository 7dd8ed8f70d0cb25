import { LosslineError } from '../../errors';
import { type ByteSource, copyOf } from '../bytes/byteSource';
import type { StoredCheckpoint } from '../checkpoint';
import { bytesOf, DTYPES, type Dtype, type DtypeName } from '../dtypes';
import type { CheckpointFormat } from '../format';
import { denseStrides, entriesOf, shapeFault } from '../shapes';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Magic, version, length of the header in version 1 (2 bytes) and later (4 bytes). */
const START = [10, 12];
/** NumPy itself refuses to read more than 10 000. */
const MAX_HEADER = 64 * 1024;

/** Kinds and widths by which NumPy names types. */
const TYPES: Readonly<Record<string, DtypeName>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u8: 'U64',
  u4: 'U32',
  u2: 'U16',
  u1: 'U8',
  b1: 'BOOL',
  c8: 'C64',
  c16: 'C128',
};

/** An array of NumPy. */
export const npy: CheckpointFormat = {
  id: 'npy',
  title: 'NumPy array',
  source: { authors: 'NumPy', year: 2007, title: 'NumPy', id: 'numpy/numpy', where: 'numpy/lib/format.py' },
  files: '.npy',
  recognise: (head) => MAGIC.every((byte, i) => head[i] === byte),
  read: (source) => readArray(source, source.file.replace(/^.*[/\\]/, '').replace(/\.npy$/, '')),
};

/** The array that `source` holds, under `name`; skipped when its entries cannot be read. */
export async function readArray(source: ByteSource, name: string): Promise<StoredCheckpoint> {
  const { text, start } = await readHeader(source);
  const found = arrayIn(text, source.size - start);
  if (typeof found === 'string')
    return { tensors: [], skipped: [{ name, file: source.path, reason: found }], paramGroups: [] };
  const { dtype, shape, strides } = found;
  const chunk = { start: shape.map(() => 0), shape, strides, source, offset: start };
  return { tensors: [{ name, aliases: [], dtype, shape, chunks: [chunk] }], skipped: [], paramGroups: [] };
}

async function readHeader(source: ByteSource): Promise<{ text: string; start: number }> {
  const head = await source.read(0, Math.min(START[1]!, source.size), copyOf);
  const version = head[6]!;
  const start = START[version === 1 ? 0 : 1]!;
  if (!MAGIC.every((byte, i) => head[i] === byte) || version < 1 || version > 3 || head.length < start) {
    throw new LosslineError('checkpoint.invalid', 'This is no array of NumPy.', source.file, 0);
  }
  const view = new DataView(head.buffer);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) {
    throw new LosslineError(
      'checkpoint.invalid',
      `A header of ${length} bytes is more than ${MAX_HEADER}.`,
      source.file,
      8,
    );
  }
  const text = await source.read(start, length, (bytes) => new TextDecoder().decode(bytes));
  return { text, start: start + length };
}

interface ArrayLayout {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * The layout in a header like `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, or why it cannot be read.
 */
function arrayIn(header: string, size: number): ArrayLayout | string {
  const [, order, type] = /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? [];
  const byColumns = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\dL, ]*)\)/.exec(header)?.[1];
  if (type === undefined) return 'records of several fields';
  if (byColumns === undefined || sizes === undefined) return 'its header has no shape';
  if (order === '>') return 'big-endian entries';
  if (!Object.hasOwn(TYPES, type)) return `NumPy type ${type} is not known`;
  const dtype = DTYPES[TYPES[type]!];
  const shape = [...sizes.matchAll(/\d+/g)].map(Number);
  const fault = shapeFault(shape);
  if (fault !== null) return fault;
  const bytes = bytesOf(dtype, entriesOf(shape));
  if (bytes > size) return `${bytes} bytes of entries in ${size}: the file is cut off`;
  const strides = byColumns === 'True' ? denseStrides([...shape].reverse()).reverse() : denseStrides(shape);
  return { dtype, shape, strides };
}
