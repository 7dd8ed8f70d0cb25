import type { MatrixPiece, StoredChunk, StoredTensor } from '../checkpoint';
import type { Dtype } from '../dtypes';
import { type LayerName, understandName } from './layerNames';
import { pieceOf, sliceAt, withoutDimension } from './pieces';

/** A matrix in a stored tensor, before fused ones are split. */
export interface View {
  readonly tensor: StoredTensor;
  /** What the name has behind that of the tensor: `[3]` in a stack. */
  readonly suffix: string;
  readonly name: LayerName;
  readonly shape: readonly [rows: number, columns: number];
  readonly dtype: Dtype;
  readonly pieces: readonly MatrixPiece[];
}

/** Matrices in one stack: the largest mixtures have 512 experts in a layer. */
const MAX_STACK = 4096;
/** What optimizers append to the name of a weight. */
const OPTIMIZER_STATE = /(?:^|\.)(?:exp_avg|exp_avg_sq|max_exp_avg_sq|momentum_buffer)$/;
const EXPERTS = /experts|_exps$/;
const CONVOLUTION = /conv|patch_embed|proj_in|downsample/;
/** Layers without a number: Megatron Core stacks all of them in one tensor. */
const STACKED_LAYERS = /(?:^|\.)(?:layers|blocks)\.(?!\d)/;

/** The matrices of a tensor, or the reason why it has none. Dimensions of size 1 count only up to two. */
export function viewsOf(stored: StoredTensor): View[] | string {
  const { shape, dtype } = stored;
  if (dtype.decode === null) return `${dtype.name} entries are no weights`;
  if (OPTIMIZER_STATE.test(stored.name)) return 'optimizer state';
  if (shape.some((size) => size === 0)) return 'empty';
  if (shape.length < 2) return shape.length === 0 ? 'a single number' : 'a vector, not a matrix';
  const tensor = squeezed(stored);
  const name = understandName(stored.name);
  if (tensor.shape.length === 2 && tensor.shape.includes(1) && name.lora === null) return 'a vector, not a matrix';
  const path = stored.name.replace(/\.(weight|kernel)$/, '');
  if (tensor.shape.length !== 3 || CONVOLUTION.test(path)) {
    return viewOf(tensor, '', tensor.shape.length > 2 ? { ...name, kind: 'conv', fused: null } : name);
  }
  if (EXPERTS.test(path)) return stackOf(tensor, (expert) => ({ ...name, expert, fused: null }));
  if (STACKED_LAYERS.test(path)) return stackOf(tensor, (layer) => ({ ...name, layer }));
  return viewOf(tensor, '', name);
}

/** Without dimensions of size 1, as far as two are left; the first is kept as that of the rows. */
function squeezed(tensor: StoredTensor): StoredTensor {
  let { shape, chunks } = tensor;
  for (let i = shape.length - 1; i >= 0 && shape.length > 2; i--) {
    if (shape[i] !== 1) continue;
    shape = shape.filter((_, at) => at !== i);
    chunks = chunks.map((chunk) => withoutDimension(chunk, i));
  }
  return { ...tensor, shape, chunks };
}

function stackOf(tensor: StoredTensor, nameAt: (index: number) => LayerName): View[] | string {
  const count = tensor.shape[0]!;
  if (count > MAX_STACK) return `a stack of ${count} matrices, more than ${MAX_STACK}`;
  const views: View[] = [];
  for (let i = 0; i < count; i++) {
    const chunks = tensor.chunks.flatMap((chunk): StoredChunk[] => {
      const slice = sliceAt(chunk, i, tensor.dtype);
      return slice === null ? [] : [slice];
    });
    const view = viewOf({ ...tensor, shape: tensor.shape.slice(1), chunks }, `[${i}]`, nameAt(i));
    if (typeof view === 'string') return view;
    views.push(...view);
  }
  return views;
}

function viewOf(tensor: StoredTensor, suffix: string, name: LayerName): View[] | string {
  const { shape, chunks, dtype } = tensor;
  const rows = shape[0]!;
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  if (shape.length > 2 && chunks.some((chunk) => chunk.shape.some((size, i) => i > 0 && size !== shape[i]))) {
    return `${shape.length} dimensions, cut in other places than between rows`;
  }
  const pieces = chunks.map(pieceOf);
  if (!pieces.every((piece) => piece !== null)) return 'its columns have no single stride';
  return [{ tensor, suffix, name, shape: [rows, columns], dtype, pieces }];
}
