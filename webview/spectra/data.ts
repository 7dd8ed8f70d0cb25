import type {
  CheckpointFacts,
  CheckpointView,
  ComparisonView,
  LayerKind,
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
  /** Counts changes of checkpoints and matrices. */
  version = 0;
  /** Matrices in order, until more arrive. */
  readonly #sorted = new Map<string, Sorted>();

  open(state: SpectraState): void {
    this.path = state.path;
    this.run = state.run;
    this.capped = state.capped;
    this.checkpoints = [...state.checkpoints];
    this.version++;
    this.tensors.clear();
    this.#sorted.clear();
    this.facts.clear();
    this.scales.clear();
    this.takeTensors(state.tensors);
    this.takeFacts(state.facts);
    this.takeScales(state.scales);
  }

  takeCheckpoints(changed: readonly CheckpointView[]): void {
    this.version++;
    for (const each of changed) {
      const at = this.checkpoints.findIndex(({ path }) => path === each.path);
      if (at >= 0) this.checkpoints[at] = each;
      else this.checkpoints.push(each);
    }
    this.checkpoints.sort((a, b) => Number(a.added) - Number(b.added) || stepOf(a) - stepOf(b));
  }

  takeTensors(batches: readonly TensorBatch[]): void {
    this.version++;
    for (const { path, tensors } of batches) {
      const known = this.tensors.get(path) ?? new Map<string, TensorView>();
      this.tensors.set(path, known);
      this.#sorted.delete(path);
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
    this.version++;
    for (const each of scales) this.scales.set(each.path, each);
  }

  checkpoint(path: string): CheckpointView | undefined {
    return this.checkpoints.find((each) => each.path === path);
  }

  /** Matrices of a checkpoint that were measured, in the order of their layers. */
  of(path: string): readonly TensorView[] {
    return this.#sortedOf(path).all;
  }

  /** Those of one kind in one layer: several are experts. */
  at(path: string, layer: number | null, kind: LayerKind): readonly TensorView[] {
    return this.#sortedOf(path).places.get(`${layer} ${kind}`) ?? [];
  }

  tensor({ path, name }: MatrixKey): TensorView | undefined {
    return this.tensors.get(path)?.get(name);
  }

  /** Those of one kind in all layers. */
  layered(path: string, kind: LayerKind): readonly TensorView[] {
    return this.#sortedOf(path).layered.get(kind) ?? [];
  }

  /** Kinds that occur in the layers of any checkpoint, in their order. */
  layeredKinds(): LayerKind[] {
    const found = new Set(this.checkpoints.flatMap(({ path }) => [...this.#sortedOf(path).layered.keys()]));
    return KIND_ORDER.filter((kind) => found.has(kind));
  }

  /** Checkpoints of this training, by step; those that were brought in to compare with are left out. */
  series(): CheckpointView[] {
    return this.checkpoints.filter(({ added }) => !added);
  }

  /** Checkpoints of this training of which something is known. */
  measured(): CheckpointView[] {
    return this.series().filter(({ path }) => this.isMeasured(path));
  }

  isMeasured(path: string): boolean {
    return (this.tensors.get(path)?.size ?? 0) > 0;
  }

  #sortedOf(path: string): Sorted {
    const known = this.#sorted.get(path);
    if (known !== undefined) return known;
    const all = [...(this.tensors.get(path)?.values() ?? [])].sort(byPlace);
    const places = new Map<string, TensorView[]>();
    const layered = new Map<LayerKind, TensorView[]>();
    for (const tensor of all) {
      append(places, `${tensor.layer} ${tensor.kind}`, tensor);
      if (tensor.layer !== null) append(layered, tensor.kind, tensor);
    }
    const sorted = { all, places, layered };
    this.#sorted.set(path, sorted);
    return sorted;
  }
}

interface Sorted {
  readonly all: readonly TensorView[];
  readonly places: ReadonlyMap<string, readonly TensorView[]>;
  readonly layered: ReadonlyMap<LayerKind, readonly TensorView[]>;
}

function append<K>(groups: Map<K, TensorView[]>, key: K, tensor: TensorView): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [tensor]);
  else group.push(tensor);
}

function stepOf({ step, epoch }: CheckpointView): number {
  return step ?? epoch ?? Number.MAX_SAFE_INTEGER;
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
