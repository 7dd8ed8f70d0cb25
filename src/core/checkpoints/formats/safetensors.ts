import { LosslineError } from '../../errors';
import { JsonScanner, TokenKind, textOf } from '../../formats/json/scan';
import { parseNumber } from '../../formats/text/number';
import { MAX_SAFETENSORS_HEADER, MAX_TENSORS } from '../../limits';
import type { ByteSource } from '../bytes/byteSource';
import type { SkippedTensor, StoredCheckpoint, StoredTensor } from '../checkpoint';
import { bytesOf, dtypeNamed } from '../dtypes';
import type { CheckpointFormat } from '../format';
import { denseStrides, entriesOf, shapeFault } from '../shapes';

/** Bytes in front of the header: its length. */
const PREFIX = 8;

/**
 * A safetensors file: the length of a JSON header, the header (`{name: {dtype, shape, data_offsets}}`), the entries.
 * A tensor that the header describes wrongly is skipped.
 */
export const safetensors: CheckpointFormat = {
  id: 'safetensors',
  title: 'safetensors',
  source: {
    authors: 'Hugging Face',
    year: 2022,
    title: 'safetensors',
    id: 'huggingface/safetensors',
    where: 'README, Format',
  },
  files: '.safetensors, with or without .index.json',
  recognise: (head, name) =>
    name.endsWith('.safetensors') || (head[PREFIX] === 0x7b && readLength(head) <= MAX_SAFETENSORS_HEADER),
  read,
};

async function read(source: ByteSource): Promise<StoredCheckpoint> {
  const length = source.size < PREFIX ? -1 : await source.read(0, PREFIX, readLength);
  if (length < 2 || length > Math.min(MAX_SAFETENSORS_HEADER, source.size - PREFIX)) {
    throw invalid(source, `The header cannot be ${length} bytes of ${source.size}.`, 0);
  }
  const header = await source.read(PREFIX, length, (bytes) => readHeader(source, bytes));
  return { ...checked(source, header, PREFIX + length), paramGroups: [] };
}

function readLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true));
}

function invalid(source: ByteSource, message: string, offset: number): LosslineError {
  return new LosslineError('checkpoint.invalid', message, source.file, offset);
}

/** One tensor as the header has it. */
interface Entry {
  readonly name: string;
  dtype: string;
  readonly shape: number[];
  readonly offsets: number[];
  /** The same name or field stood twice. */
  repeated: boolean;
}

function readHeader(source: ByteSource, bytes: Uint8Array): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let last: Entry | undefined;
  const scanner = new JsonScanner();
  const whole = scanner.scan(bytes, 0, bytes.length, (path, kind, from, to) => {
    const cut = path.lastIndexOf('/');
    const name = path.slice(0, cut);
    const field = path.slice(cut + 1);
    if (cut < 0 || name === '__metadata__') return;
    if (last?.name !== name) last = entries.get(name);
    last ??= added(source, entries, name);
    if (field === 'dtype' && kind === TokenKind.Text) {
      last.repeated ||= last.dtype !== '';
      last.dtype = textOf(bytes, from, to);
    } else if (kind === TokenKind.Number) addNumber(last, field, parseNumber(bytes, from, to) ?? Number.NaN);
  });
  if (!whole) throw invalid(source, 'The header is not JSON.', PREFIX + scanner.position);
  return entries;
}

function added(source: ByteSource, entries: Map<string, Entry>, name: string): Entry {
  if (entries.size >= MAX_TENSORS) throw invalid(source, `There are more than ${MAX_TENSORS} tensors.`, PREFIX);
  const entry: Entry = { name, dtype: '', shape: [], offsets: [], repeated: false };
  entries.set(name, entry);
  return entry;
}

/** Numbers of a list come in order, so one that does not follow belongs to a second list of that name. */
function addNumber(entry: Entry, field: string, value: number): void {
  const [, list, index] = /^(shape|data_offsets)\[(\d+)\]$/.exec(field) ?? [];
  if (list === undefined) return;
  const values = list === 'shape' ? entry.shape : entry.offsets;
  if (Number(index) === values.length) values.push(value);
  else entry.repeated = true;
}

function checked(
  source: ByteSource,
  entries: ReadonlyMap<string, Entry>,
  start: number,
): { tensors: StoredTensor[]; skipped: SkippedTensor[] } {
  const tensors: StoredTensor[] = [];
  const skipped: SkippedTensor[] = [];
  let end = 0;
  const byPlace = [...entries.values()].sort((a, b) => a.offsets[0]! - b.offsets[0]!);
  for (const entry of byPlace) {
    const reason = faultOf(entry, source.size - start, end);
    if (reason === null) {
      tensors.push(storedTensor(source, entry, start));
      end = Math.max(end, entry.offsets[1]!);
    } else skipped.push({ name: entry.name, file: source.file, reason });
  }
  return { tensors, skipped };
}

/** Why an entry cannot be true; `end` is where the entry before ends. */
function faultOf({ dtype, shape, offsets, repeated }: Entry, size: number, end: number): string | null {
  const [from, to] = offsets;
  if (repeated) return 'described twice';
  const type = dtypeNamed(dtype);
  if (type === undefined) return `dtype ${dtype.slice(0, 32) || 'missing'} is not known`;
  const fault = shapeFault(shape);
  if (fault !== null) return fault;
  if (offsets.length !== 2 || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from! < 0 || from! > to!) {
    return `offsets ${offsets.join(', ')} are no range`;
  }
  if (to! - from! !== bytesOf(type, entriesOf(shape))) {
    return `${to! - from!} bytes are not those of ${dtype} [${shape.join(', ')}]`;
  }
  if (to! > size) return `ends at byte ${to} of ${size}: the file is cut off`;
  if (from! < end && from! < to!) return 'overlaps the tensor before';
  return null;
}

function storedTensor(source: ByteSource, { name, dtype, shape, offsets }: Entry, start: number): StoredTensor {
  const chunk = {
    start: shape.map(() => 0),
    shape,
    strides: denseStrides(shape),
    source,
    offset: start + offsets[0]!,
  };
  return { name, aliases: [], dtype: dtypeNamed(dtype)!, shape, chunks: [chunk] };
}
