import type { Checkpoint, CheckpointTensor } from '../checkpoints/checkpoint';
import { readDoubles } from '../checkpoints/rowReader';
import { LosslineError } from '../errors';
import type { RowSource } from './rowSource';

/** Stored formats that can be kept as they are; scaled entries of any format need float32. */
const WIDTHS: Readonly<Record<string, RowSource['width']>> = { F16: 'f16', BF16: 'bf16' };

/** The rows of a tensor of an open checkpoint. */
export function rowsOfTensor(checkpoint: Checkpoint, tensor: CheckpointTensor): RowSource {
  const [rows, columns] = tensor.shape;
  return {
    rows,
    columns,
    width: (tensor.scale === null ? WIDTHS[tensor.dtype.name] : undefined) ?? 'f32',
    read: async (firstRow, rowCount, into) => {
      await checkpoint.readRows(tensor, firstRow, rowCount, into);
    },
    ...(tensor.dtype.decodeDoubles !== undefined && {
      readDoubles: (firstRow, rowCount, into) => readDoubles(tensor, firstRow, rowCount, into),
    }),
  };
}

/** The tensor of that name. Throws `checkpoint.invalid` when there is none. */
export function tensorNamed(checkpoint: Checkpoint, name: string): CheckpointTensor {
  const tensor = checkpoint.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined)
    throw new LosslineError('checkpoint.invalid', `There is no tensor ${name}.`, checkpoint.path);
  return tensor;
}
