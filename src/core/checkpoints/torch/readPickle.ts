import { LosslineError } from '../../errors';
import { MAX_PICKLE } from '../../limits';
import { type ByteSource, copyOf } from '../bytes/byteSource';
import { PickleFault } from '../pickle/machine';
import { type Unpickled, unpickle } from '../pickle/unpickle';
import { TORCH_CALLS } from './objects';

/**
 * The pickle that `source` holds, as data. Rejects with `checkpoint.invalid` and the byte when it is none or too large.
 */
export async function readPickle(source: ByteSource): Promise<Unpickled> {
  const { file, size } = source;
  if (size > MAX_PICKLE) {
    throw new LosslineError('checkpoint.invalid', `A pickle of ${size} bytes is more than ${MAX_PICKLE}.`, file, 0);
  }
  try {
    // The bytes are lent; texts and byte strings of the pickle outlive them.
    return unpickle(await source.read(0, size, copyOf), TORCH_CALLS);
  } catch (error) {
    throw asInvalid(error, file);
  }
}

/** A fault of a pickle that begins at byte `start` of `file`, as an error for callers; other errors as they are. */
export function asInvalid(error: unknown, file: string, start = 0): unknown {
  if (!(error instanceof PickleFault)) return error;
  return new LosslineError('checkpoint.invalid', error.message, file, start + error.position);
}
