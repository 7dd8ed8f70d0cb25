import { MAX_TENSORS } from '../../limits';
import type { CheckpointTensor, Heads, SkippedTensor, StoredCheckpoint, StoredTensor } from '../checkpoint';
import { bytesOf } from '../dtypes';
import { asApplied, type Siblings, splitView, usesConv1d } from './fused';
import { layerPath } from './layerNames';
import { Scales } from './scales';
import { type View, viewsOf } from './views';

/** The matrices that stored tensors hold, and the tensors that hold none. */
export interface Matrices {
  readonly tensors: readonly CheckpointTensor[];
  readonly skipped: readonly SkippedTensor[];
}

/**
 * Finds the matrices in stored tensors by name and shape: fused ones are split, stacks taken apart, each is given out ×
 * in. Reads nothing. `heads` splits projections that keep their rows head by head.
 */
export function matricesOf({ tensors: stored }: StoredCheckpoint, heads?: Heads): Matrices {
  const skipped: SkippedTensor[] = [];
  const skip = ({ name, chunks }: StoredTensor, reason: string): void => {
    skipped.push({ name, file: chunks[0]?.source.path ?? '', reason });
  };
  const scales = new Scales(stored);
  const views: View[] = [];
  for (const tensor of stored) {
    const weight = scales.weightOf(tensor);
    const found = weight === undefined ? viewsOf(tensor) : `factors of ${weight}`;
    if (typeof found === 'string') skip(tensor, found);
    else if (views.length + found.length > MAX_TENSORS) skip(tensor, `more than ${MAX_TENSORS} matrices`);
    else views.push(...found);
  }
  const applied = usesConv1d(views) ? views.map(asApplied) : views;
  const siblings = siblingsOf(applied);
  const tensors: CheckpointTensor[] = [];
  for (const view of applied) {
    const scale = scales.of(view.tensor);
    if (typeof scale === 'string') skip(view.tensor, scale);
    else if (scale !== null) tensors.push({ ...tensorOf(view), scale });
    else tensors.push(...splitView(view, siblings(view), heads).map(tensorOf));
  }
  return { tensors, skipped };
}

/** Looks up what the matrices beside one, in the same layer and expert, say about it. */
function siblingsOf(views: readonly View[]): (view: View) => Siblings {
  const keyOf = ({ tensor, name, suffix }: View, kind: string): string => {
    return `${layerPath(tensor.name)} ${name.expert ?? ''} ${suffix} ${kind}`;
  };
  const inputs = new Map<string, number>();
  for (const view of views) {
    const { kind, lora } = view.name;
    if ((kind === 'o' || kind === 'down') && lora === null) inputs.set(keyOf(view, kind), view.shape[1]);
  }
  return (view) => ({ attentionWidth: inputs.get(keyOf(view, 'o')), hiddenWidth: inputs.get(keyOf(view, 'down')) });
}

function tensorOf({ tensor, suffix, name, shape, dtype, pieces }: View): CheckpointTensor {
  const { kind, layer, expert, lora } = name;
  const bytes = bytesOf(dtype, shape[0] * shape[1]);
  const aliases = tensor.aliases.map((alias) => alias + suffix);
  const file = pieces[0]!.source.path;
  return {
    name: tensor.name + suffix,
    aliases,
    file,
    shape,
    dtype,
    kind,
    layer,
    expert,
    lora,
    bytes,
    pieces,
    scale: null,
  };
}
