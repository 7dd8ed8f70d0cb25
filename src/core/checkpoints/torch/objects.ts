import { MAX_DIMENSIONS } from '../../limits';
import { DTYPES, type Dtype, type DtypeName } from '../dtypes';
import {
  Global,
  Inert,
  type KnownCall,
  type KnownCalls,
  Persistent,
  PickleDict,
  type PickleValue,
  Rebuilt,
} from '../pickle/values';

/** A storage that tensors share, as the pickle names it. */
export interface StorageName {
  readonly key: string;
  /** Null when its entries have no type of their own: tensors then name theirs. */
  readonly dtype: Dtype | null;
  /** Entries, or bytes when it has no type. */
  readonly entries: number;
  /** First entry inside another storage; 0 for a storage of its own. */
  readonly viewOffset: number;
}

/** A tensor as its pickle describes it; nothing of it is checked yet. */
export class TensorRecord extends Rebuilt {
  constructor(
    readonly storage: StorageName,
    readonly dtype: Dtype,
    /** First entry in the storage. */
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
  }
}

const STORAGE_DTYPES: Readonly<Record<string, DtypeName>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
  ComplexDoubleStorage: 'C128',
};

const TENSOR_DTYPES: Readonly<Record<string, DtypeName>> = {
  float64: 'F64',
  double: 'F64',
  float32: 'F32',
  float: 'F32',
  float16: 'F16',
  half: 'F16',
  bfloat16: 'BF16',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
  complex64: 'C64',
  complex128: 'C128',
};

/** The dtype that a pickle names as `torch.float32`; undefined for what is none. */
export function torchDtype(value: PickleValue | undefined): Dtype | undefined {
  if (!(value instanceof Global) || value.module !== 'torch' || !Object.hasOwn(TENSOR_DTYPES, value.name))
    return undefined;
  return DTYPES[TENSOR_DTYPES[value.name]!];
}

/** `('storage', class, key, device, entries[, view])` as `torch.save` names a storage; undefined for anything else. */
export function storageName(value: PickleValue | undefined): StorageName | undefined {
  if (!(value instanceof Persistent) || !Array.isArray(value.id)) return undefined;
  const [tag, type, key, , entries, view] = value.id;
  if (tag !== 'storage' || !(type instanceof Global) || typeof key !== 'string' || typeof entries !== 'number') {
    return undefined;
  }
  const viewOffset = Array.isArray(view) && typeof view[1] === 'number' ? view[1] : 0;
  if (type.name === 'UntypedStorage') return { key, dtype: null, entries, viewOffset };
  const name = Object.hasOwn(STORAGE_DTYPES, type.name) ? STORAGE_DTYPES[type.name]! : undefined;
  return name === undefined ? undefined : { key, dtype: DTYPES[name], entries, viewOffset };
}

/** `_rebuild_tensor(storage, offset, size, stride, …)`, and version 3 with the dtype as its seventh argument. */
function tensorRecord(args: readonly PickleValue[], dtype?: Dtype): TensorRecord | undefined {
  const storage = storageName(args[0]);
  const type = dtype ?? storage?.dtype;
  const [, offset, shape, strides] = args;
  if (storage === undefined || !type || typeof offset !== 'number' || !isNumbers(shape) || !isNumbers(strides)) {
    return undefined;
  }
  return new TensorRecord(storage, type, offset, shape, strides);
}

/** True for a list of numbers no longer than a shape: sizes, strides, offsets. */
export function isNumbers(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every((item) => typeof item === 'number');
}

/** `_rebuild_from_type_v2(function, type, arguments, state)`: a subclass of a tensor is read as the tensor it is. */
function fromType([made, , args]: readonly PickleValue[], spend: (entries: number) => void): PickleValue | undefined {
  if (!(made instanceof Global) || !Array.isArray(args) || made.name === '_rebuild_from_type_v2') return undefined;
  return TORCH_CALLS.get(made.path)?.(args, spend);
}

/** `OrderedDict()` or `OrderedDict([[key, value], …])` */
function orderedDict([pairs]: readonly PickleValue[], spend: (entries: number) => void): PickleDict | undefined {
  const dict = new PickleDict();
  if (pairs !== undefined && !Array.isArray(pairs)) return undefined;
  if (pairs !== undefined) spend(pairs.length);
  for (const pair of pairs ?? []) if (Array.isArray(pair)) dict.set(pair[0] ?? null, pair[1] ?? null);
  return dict;
}

/** `_codecs.encode(text, 'latin1')`, as protocol 2 writes byte strings. */
function encoded([text, encoding]: readonly PickleValue[], spend: (entries: number) => void): Uint8Array | undefined {
  if (typeof text !== 'string' || encoding !== 'latin1') return undefined;
  spend(text.length);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** `numpy.core.multiarray.scalar(dtype, bytes)`, for the types that learning rates and counters have. */
function numpyScalar([dtype, bytes]: readonly PickleValue[]): number | undefined {
  if (!(dtype instanceof Inert) || !(bytes instanceof Uint8Array)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = `${dtype.args[0]}/${bytes.length}`;
  if (type === 'f8/8') return view.getFloat64(0, true);
  if (type === 'f4/4') return view.getFloat32(0, true);
  if (type === 'i8/8') return Number(view.getBigInt64(0, true));
  return type === 'i4/4' ? view.getInt32(0, true) : undefined;
}

const first = ([value]: readonly PickleValue[]): PickleValue | undefined => value;

const listOf = ([items]: readonly PickleValue[]): PickleValue[] | undefined =>
  items === undefined ? [] : Array.isArray(items) ? items : undefined;

/**
 * What the calls in files of `torch.save` stand for. Source: pytorch/pytorch, torch/_utils.py, torch/_tensor.py,
 * torch/serialization.py.
 */
export const TORCH_CALLS: KnownCalls = new Map<string, KnownCall>([
  ['torch._utils._rebuild_tensor', (args) => tensorRecord(args)],
  ['torch._utils._rebuild_tensor_v2', (args) => tensorRecord(args)],
  ['torch._utils._rebuild_tensor_v3', (args) => tensorRecord(args, torchDtype(args[6]))],
  ['torch._utils._rebuild_parameter', first],
  ['torch._utils._rebuild_parameter_with_state', first],
  ['torch._tensor._rebuild_from_type_v2', fromType],
  ['torch.Size', listOf],
  ['collections.OrderedDict', orderedDict],
  ['collections.defaultdict', () => new PickleDict()],
  ['builtins.set', listOf],
  ['builtins.frozenset', listOf],
  ['__builtin__.set', listOf],
  ['__builtin__.frozenset', listOf],
  ['_codecs.encode', encoded],
  ['numpy.core.multiarray.scalar', numpyScalar],
  ['numpy._core.multiarray.scalar', numpyScalar],
]);
