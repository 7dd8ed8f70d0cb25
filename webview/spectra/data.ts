import type {
  CheckpointFacts,
  CheckpointView,
  ComparisonView,
  MatrixView,
  ScaleFacts,
  SpectraState,
  TensorBatch,
  TensorView,
} from '../../src/protocol/spectra';

/** A matrix of one checkpoint. */
export interface MatrixKey {
  readonly path: string;
  readonly name: string;
}

/** Everything that the panel knows. Results stay where they are when the view is opened again. */
export class SpectraData {
  path = '';
  run: SpectraState['run'] = null;
  checkpoints: CheckpointView[] = [];
  capped = false;
  comparison: ComparisonView | null = null;
  readonly tensors = new Map<string, Map<string, TensorView>>();
  readonly facts = new Map<string, CheckpointFacts>();
  readonly scales = new Map<string, ScaleFacts>();
  readonly matrices = new Map<string, MatrixView>();

  open(state: SpectraState): void {
    this.path = state.path;
    this.run = state.run;
    this.capped = state.capped;
    this.checkpoints = [...state.checkpoints];
    this.tensors.clear();
    this.facts.clear();
    this.scales.clear();
    this.takeTensors(state.tensors);
    this.takeFacts(state.facts);
    this.takeScales(state.scales);
  }

  takeCheckpoints(changed: readonly CheckpointView[]): void {
    for (const each of changed) {
      const at = this.checkpoints.findIndex(({ path }) => path === each.path);
      if (at >= 0) this.checkpoints[at] = each;
      else this.checkpoints.push(each);
    }
  }

  takeTensors(batches: readonly TensorBatch[]): void {
    for (const { path, tensors } of batches) {
      const known = this.tensors.get(path) ?? new Map<string, TensorView>();
      this.tensors.set(path, known);
      for (const tensor of tensors) {
        known.set(tensor.name, tensor);
        this.matrices.delete(matrixKey({ path, name: tensor.name }));
      }
    }
  }

  takeFacts(facts: readonly (CheckpointFacts & { readonly path: string })[]): void {
    for (const each of facts) this.facts.set(each.path, each);
  }

  takeScales(scales: readonly ScaleFacts[]): void {
    for (const each of scales) this.scales.set(each.path, each);
  }

  checkpoint(path: string): CheckpointView | undefined {
    return this.checkpoints.find((each) => each.path === path);
  }

  /** Matrices of a checkpoint that were measured, in the order of their layers. */
  of(path: string): TensorView[] {
    return [...(this.tensors.get(path)?.values() ?? [])].sort(byPlace);
  }

  tensor({ path, name }: MatrixKey): TensorView | undefined {
    return this.tensors.get(path)?.get(name);
  }

  /** Checkpoints of which something is known, by step. */
  measured(): CheckpointView[] {
    return this.checkpoints.filter(({ path }) => (this.tensors.get(path)?.size ?? 0) > 0);
  }
}

export function matrixKey({ path, name }: MatrixKey): string {
  return `${path} ${name}`;
}

/** Kinds in the order in which a layer uses them. */
export const KIND_ORDER = [
  ...['q', 'k', 'v', 'qkv', 'kv', 'o', 'gate', 'up', 'gateUp', 'down', 'router', 'conv', 'other'],
  ...['embedding', 'position', 'head'],
] as const;

function byPlace(a: TensorView, b: TensorView): number {
  const layer = (tensor: TensorView): number => tensor.layer ?? Number.MAX_SAFE_INTEGER;
  return (
    layer(a) - layer(b) ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    (a.expert ?? -1) - (b.expert ?? -1) ||
    a.name.localeCompare(b.name, undefined, { numeric: true })
  );
}

/** The name of a checkpoint where there is little room: its step, else its file. */
export function shortLabel({ step, epoch, label }: CheckpointView): string {
  if (step !== null) return step >= 10_000 && step % 1000 === 0 ? `${step / 1000}k` : String(step);
  return epoch !== null ? `epoch ${epoch}` : label;
}
