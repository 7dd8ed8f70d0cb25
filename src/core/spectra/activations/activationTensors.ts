import type { Matrix, StoredCheckpoint, StoredTensor } from '../../checkpoints/checkpoint';
import { vectorsOf } from '../../checkpoints/matrices/arrays';
import { understandName } from '../../checkpoints/matrices/layerNames';
import { stepInPath } from '../../checkpoints/steps';
import type { ActivationPlace, Where } from './activationReport';

/** One activation in a file of tensors: a covariance with what belongs to it, or the vectors themselves. */
export type ActivationInput = { readonly name: string } & (
  | {
      readonly form: 'scatter';
      readonly scatter: Matrix;
      readonly count: Matrix;
      readonly mean: Matrix;
      readonly width: Matrix | null;
    }
  | { readonly form: 'covariance'; readonly covariance: Matrix; readonly count: Matrix | null }
  | { readonly form: 'vectors'; readonly vectors: Matrix }
);

/** The parts of a triple, by the last word of a name. */
const PART = /^(?:(.*)[./_:])?(scatter|covariance|cov|count|n|mean|width)$/i;

/**
 * The activations in a file: triples (`NAME.count`, `NAME.mean`, `NAME.scatter`) and covariances (`NAME.covariance`, with or without
 * `NAME.count`). With `asVectors` every other tensor of two dimensions or more is one too, its last dimension the width.
 */
export function activationInputs(stored: StoredCheckpoint, asVectors: boolean): ActivationInput[] {
  const parts = new Map<string, Partial<Record<string, Matrix>>>();
  const inputs: ActivationInput[] = [];
  for (const tensor of stored.tensors) {
    const [, base, word] = PART.exec(tensor.name) ?? [];
    const matrix = vectorsOf(tensor);
    if (typeof matrix === 'string') continue;
    if (word !== undefined) {
      const known = parts.get(base ?? '') ?? {};
      known[word.toLowerCase().replace('covariance', 'cov').replace(/^n$/, 'count')] = matrix;
      parts.set(base ?? '', known);
    } else if (asVectors && isVectors(tensor)) inputs.push({ name: tensor.name, form: 'vectors', vectors: matrix });
  }
  for (const [name, { scatter, cov, count, mean, width }] of parts) {
    const label = name === '' ? 'activations' : name;
    if (isTriple(scatter, count, mean)) {
      inputs.push({
        name: label,
        form: 'scatter',
        scatter: scatter!,
        count: count!,
        mean: mean!,
        width: width ?? null,
      });
    } else if (cov !== undefined && isSquare(cov)) {
      inputs.push({ name: label, form: 'covariance', covariance: cov, count: isNumber(count) ? count! : null });
    }
  }
  return inputs;
}

function isVectors({ shape, dtype }: StoredTensor): boolean {
  return shape.length >= 2 && dtype.decode !== null && shape.at(-1)! > 1;
}

function isTriple(scatter?: Matrix, count?: Matrix, mean?: Matrix): boolean {
  return isSquare(scatter) && isNumber(count) && mean?.shape[0] === 1 && mean.shape[1] === scatter!.shape[0];
}

function isSquare(matrix: Matrix | undefined): boolean {
  return matrix !== undefined && matrix.shape[0] === matrix.shape[1] && matrix.shape[0] > 1;
}

function isNumber(matrix: Matrix | undefined): boolean {
  return matrix?.shape[0] === 1 && matrix.shape[1] === 1;
}

/** Where an activation was taken, as far as its name and that of its file say so. */
export function placeOfTensor(name: string, file: string): ActivationPlace {
  const label = name.replace(/[._-](pre|post)$/, '');
  const where = (/(?:^|[._-])(pre|post)(?:$|[._-])/.exec(name)?.[1] ?? null) as Where | null;
  return { name: label, file, step: stepInPath(file).step, layer: understandName(label).layer, where, group: null };
}
