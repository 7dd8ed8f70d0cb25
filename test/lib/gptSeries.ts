import * as fs from 'node:fs';
import * as path from 'node:path';
import { gaussian } from '../core/spectra/matrices';
import { f32, type Raw, safetensors } from './safetensors';

/** A small decoder whose checkpoints are written; names are those of Hugging Face's Llama. */
export interface SeriesOptions {
  readonly layers: number;
  readonly width: number;
  readonly vocabulary: number;
  readonly steps: readonly number[];
}

/** What is planted, by layer: what a reader of the spectra must find. */
export const PLANTED = { untouched: 2, collapsing: 5, spikes: 3, superWeight: 1, nonFinite: 4 } as const;

/** Entries that are set to NaN in the last checkpoint. */
export const NON_FINITE = 3;

const PARTS = {
  'self_attn.q_proj': [1, 1],
  'self_attn.k_proj': [1, 1],
  'self_attn.v_proj': [1, 1],
  'self_attn.o_proj': [1, 1],
  'mlp.gate_proj': [3, 1],
  'mlp.up_proj': [3, 1],
  'mlp.down_proj': [1, 3],
} as const;

/** Name of a matrix of a layer. */
export function matrixName(layer: number, part: keyof typeof PARTS): string {
  return `model.layers.${layer}.${part}.weight`;
}

/** Writes `checkpoint-STEP/model.safetensors` for each step into `folder`, and gives their paths. */
export function writeSeries(folder: string, options: SeriesOptions): string[] {
  return options.steps.map((step) => {
    const file = path.join(folder, `checkpoint-${step}`, 'model.safetensors');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, checkpointAt(options, step));
    return file;
  });
}

/** The checkpoint of one step. */
export function checkpointAt({ layers, width, vocabulary, steps }: SeriesOptions, step: number): Uint8Array {
  const last = steps.at(-1)!;
  const progress = step / last;
  const tensors: Raw[] = [matrix('model.embed_tokens.weight', vocabulary, width, { seed: 1, progress })];
  for (let layer = 0; layer < layers; layer++) {
    for (const [part, [tall, wide]] of Object.entries(PARTS)) {
      const seed = 100 + layer * 10 + Object.keys(PARTS).indexOf(part);
      const depth = layer / Math.max(1, layers - 1);
      const values = trained(tall * width, wide * width, { seed, progress: progress * (1 - 0.5 * depth) });
      const name = matrixName(layer, part as keyof typeof PARTS);
      const planted = plant(values, name, [tall * width, wide * width], { seed, progress, ended: step === last });
      tensors.push({ name, dtype: 'F32', shape: [tall * width, wide * width], bytes: f32(planted) });
    }
    const norm = `model.layers.${layer}.input_layernorm.weight`;
    tensors.push({ name: norm, dtype: 'F32', shape: [width], bytes: f32(new Float32Array(width).fill(1)) });
  }
  tensors.push(matrix('lm_head.weight', vocabulary, width, { seed: 2, progress }));
  return safetensors(tensors);
}

interface Growth {
  readonly seed: number;
  readonly progress: number;
}

function matrix(name: string, rows: number, columns: number, growth: Growth): Raw {
  return { name, dtype: 'F32', shape: [rows, columns], bytes: f32(trained(rows, columns, growth)) };
}

/** Noise of the initialisation that fades, and directions that grow: strong ones first, as a power law. */
function trained(rows: number, columns: number, { seed, progress }: Growth): Float32Array {
  const values = gaussian(rows, columns, seed, (1 - 0.4 * progress) * 0.02);
  const edge = 0.02 * (Math.sqrt(rows) + Math.sqrt(columns));
  for (let k = 0; k < 24; k++) {
    const strength = 3 * edge * progress * (k + 1) ** -0.8;
    if (strength > 0) addDirection(values, [rows, columns], strength, seed * 1000 + k);
  }
  return values;
}

/** Adds strength · u vᵀ with u and v random and of norm 1. */
function addDirection(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  strength: number,
  seed: number,
) {
  const u = gaussian(rows, 1, seed, 1 / Math.sqrt(rows));
  const v = gaussian(1, columns, seed + 500, 1 / Math.sqrt(columns));
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j]! += strength * u[i]! * v[j]!;
}

/** Puts the faults of `PLANTED` into a matrix, when it is the one. */
function plant(
  values: Float32Array,
  name: string,
  [rows, columns]: readonly [number, number],
  { seed, progress, ended }: Growth & { readonly ended: boolean },
): Float32Array {
  switch (name) {
    case matrixName(PLANTED.untouched, 'mlp.up_proj'):
      return gaussian(rows, columns, seed, 0.02);
    case matrixName(PLANTED.collapsing, 'mlp.down_proj'):
      addDirection(values, [rows, columns], 40 * progress ** 2, seed);
      return values;
    case matrixName(PLANTED.superWeight, 'mlp.down_proj'):
      values[5 * columns + 7] = 6 * progress;
      return values;
    case matrixName(PLANTED.nonFinite, 'self_attn.k_proj'):
      if (ended) for (let i = 0; i < NON_FINITE; i++) values[i * 11] = Number.NaN;
      return values;
    default:
      return values;
  }
}
