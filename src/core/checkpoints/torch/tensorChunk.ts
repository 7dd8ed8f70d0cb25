import type { ByteSource } from '../bytes/byteSource';
import type { StoredChunk } from '../checkpoint';
import { entriesOf, shapeFault } from '../shapes';
import type { TensorRecord } from './objects';

/** Where the entries of a storage lie. */
export interface StoragePlace {
  readonly source: ByteSource;
  /** Byte of its first entry. */
  readonly offset: number;
  /** Bytes it has there. */
  readonly size: number;
}

/** The entries of a tensor in its storage, or the reason why they cannot be there. */
export function chunkOf(tensor: TensorRecord, place: StoragePlace): StoredChunk | string {
  const { shape, strides, dtype } = tensor;
  const fault = shapeFault(shape);
  if (fault !== null) return fault;
  if (strides.length !== shape.length || !strides.every((stride) => Number.isSafeInteger(stride) && stride >= 0)) {
    return `strides [${strides.join(', ')}] are none of shape [${shape.join(', ')}]`;
  }
  const first = tensor.offset + tensor.storage.viewOffset;
  if (!Number.isSafeInteger(first) || first < 0) return `begins at entry ${first} of its storage`;
  const start = shape.map(() => 0);
  const entries = entriesOf(shape);
  if (entries === 0) return { start, shape, strides, source: place.source, offset: place.offset };
  // An expanded tensor repeats its entries: its size says nothing of what is stored.
  const span = shape.reduce((last, size, i) => last + (size - 1) * strides[i]!, 1);
  if (entries > span) return `${entries} entries in ${span} places repeat each other`;
  const width = dtype.blockBytes;
  if ((first + span) * width > place.size) {
    return `ends at byte ${(first + span) * width} of a storage of ${place.size}`;
  }
  return { start, shape, strides, source: place.source, offset: place.offset + first * width };
}
