import { MAX_DIMENSIONS } from '../limits';

/** Entries of a tensor of this shape; 1 for a single number. */
export function entriesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Strides, in entries, of a tensor whose last index runs fastest. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/**
 * Why no tensor has this shape: not whole, negative, too many dimensions or entries than can be counted. Null when one
 * can.
 */
export function shapeFault(shape: readonly number[]): string | null {
  if (shape.length > MAX_DIMENSIONS) return `${shape.length} dimensions are more than ${MAX_DIMENSIONS}`;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return `shape [${shape.join(', ')}] is no shape`;
  // Sizes above zero are multiplied: a zero among them must not hide an overflow.
  const entries = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  return entries > Number.MAX_SAFE_INTEGER / 16 ? `shape [${shape.join(', ')}] has too many entries` : null;
}
