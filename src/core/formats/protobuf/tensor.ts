import {
  bfloatFromBits,
  doubleAt,
  floatAt,
  halfFromBits,
  readSigned,
  readVarint,
  uint32At,
  visitFields,
  wireEnd,
} from './wire';

/** What a rank-0 tensor holds: a number, the range of a text, or nothing that is read here. */
export type TensorValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly from: number; readonly to: number }
  | undefined;

/** Field numbers of `TensorProto`. Source: tensorflow/tensorflow, core/framework/tensor.proto. */
enum Field {
  Dtype = 1,
  Shape = 2,
  Content = 4,
  Text = 8,
}

enum Dtype {
  Float = 1,
  Double = 2,
  Int32 = 3,
  Uint8 = 4,
  Int16 = 5,
  Int8 = 6,
  String = 7,
  Int64 = 9,
  Bool = 10,
  Bfloat16 = 14,
  Uint16 = 17,
  Half = 19,
  Uint32 = 22,
  Uint64 = 23,
}

/** Fields that hold the values of a tensor one by one: float, double, int, int64, bool, half, uint32, uint64. */
const VALUE_FIELDS = new Set([5, 6, 7, 10, 11, 13, 16, 17]);

/** The single value of the tensor message [from, to). Tensors with dimensions have none, but for texts in a list. */
export function scalarOfTensor(bytes: Uint8Array, from: number, to: number): TensorValue {
  let dtype = 0;
  let dimensions = 0;
  let content: readonly [number, number] | undefined;
  let text: readonly [number, number] | undefined;
  let values: readonly [type: number, from: number, to: number] | undefined;
  const good = visitFields(bytes, from, to, (field, type, start, end, varint) => {
    if (field === Field.Dtype && type === 0) dtype = varint;
    else if (field === Field.Shape && type === 2) dimensions = countDimensions(bytes, start, end);
    else if (field === Field.Content && type === 2) content ??= [start, end];
    else if (field === Field.Text && type === 2) text ??= [start, end];
    else if (VALUE_FIELDS.has(field)) values ??= [type, start, end];
  });
  if (!good) return undefined;
  if (dtype === Dtype.String) return text === undefined ? undefined : { kind: 'text', from: text[0], to: text[1] };
  if (dimensions > 0) return undefined;
  if (content !== undefined && content[0] < content[1]) return ofContent(bytes, content[0], content[1], dtype);
  // An absent value is zero: protocol buffers leave defaults out.
  return values === undefined ? { kind: 'number', value: 0 } : ofValues(bytes, values[0], values[1], values[2], dtype);
}

/** Number of dimensions in the shape message [from, to). */
function countDimensions(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  visitFields(bytes, from, to, (field) => {
    if (field === 2) count++;
  });
  return count;
}

function ofContent(bytes: Uint8Array, from: number, to: number, dtype: number): TensorValue {
  const low = bytes[from]!;
  const value = (size: number, read: () => number): TensorValue =>
    to - from >= size ? { kind: 'number', value: read() } : undefined;
  const short = () => low | (bytes[from + 1]! << 8);
  switch (dtype) {
    case Dtype.Float:
      return value(4, () => floatAt(bytes, from));
    case Dtype.Double:
      return value(8, () => doubleAt(bytes, from));
    case Dtype.Int32:
      return value(4, () => uint32At(bytes, from) | 0);
    case Dtype.Uint32:
      return value(4, () => uint32At(bytes, from));
    case Dtype.Int64:
      return value(8, () => uint32At(bytes, from) + (uint32At(bytes, from + 4) | 0) * 2 ** 32);
    case Dtype.Uint64:
      return value(8, () => uint32At(bytes, from) + uint32At(bytes, from + 4) * 2 ** 32);
    case Dtype.Half:
      return value(2, () => halfFromBits(short()));
    case Dtype.Bfloat16:
      return value(2, () => bfloatFromBits(short()));
    case Dtype.Uint16:
      return value(2, short);
    case Dtype.Int16:
      return value(2, () => (short() << 16) >> 16);
    case Dtype.Int8:
      return value(1, () => (low << 24) >> 24);
    case Dtype.Uint8:
    case Dtype.Bool:
      return value(1, () => low);
    default:
      return undefined;
  }
}

/** First of the values listed in a field, packed or not. */
function ofValues(bytes: Uint8Array, type: number, from: number, to: number, dtype: number): TensorValue {
  if (dtype === Dtype.Float) return to - from >= 4 ? { kind: 'number', value: floatAt(bytes, from) } : undefined;
  if (dtype === Dtype.Double) return to - from >= 8 ? { kind: 'number', value: doubleAt(bytes, from) } : undefined;
  if (type !== 0 && type !== 2) return undefined;
  const raw = dtype === Dtype.Uint64 ? readVarint(bytes, from, to) : readSigned(bytes, from, to);
  if (wireEnd < 0) return undefined;
  if (dtype === Dtype.Half) return { kind: 'number', value: halfFromBits(raw) };
  if (dtype === Dtype.Bfloat16) return { kind: 'number', value: bfloatFromBits(raw) };
  return { kind: 'number', value: raw };
}
