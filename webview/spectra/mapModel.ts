import type { CheckpointView, LayerKind, TensorView } from '../../src/protocol/spectra';
import { KIND_ORDER, type MatrixKey, type SpectraData, shortLabel } from './data';
import { type Estimate, type Measure, measured } from './measures';
import { texts } from './texts';

/** What the columns of a map are: kinds of matrices in one checkpoint, or checkpoints. */
export type MapMode = 'kinds' | 'steps';

/** Kind of matrix whose map over steps is shown; `all`: of each layer the one that deserves a look most. */
export type KindChoice = LayerKind | 'all';

/** One cell. Of several matrices (experts) it shows the one that deserves a look most. */
export interface MapCell {
  readonly key: MatrixKey | null;
  readonly tensor: TensorView | null;
  readonly value: Estimate | null;
  /** Matrices that the cell stands for. */
  readonly count: number;
  /** `none`: there is no such matrix; `waiting`: not measured yet; `refused`: it has no measures. */
  readonly state: 'value' | 'none' | 'waiting' | 'refused';
}

export interface MapRow {
  /** `null`: outside of the layers. */
  readonly layer: number | null;
  readonly label: string;
  readonly cells: readonly MapCell[];
}

/** A heat map as plain data. */
export interface MapModel {
  readonly measure: Measure;
  readonly columns: readonly { readonly label: string; readonly title: string }[];
  readonly rows: readonly MapRow[];
  /** Least and greatest value; `null` when there is none. */
  readonly range: readonly [number, number] | null;
}

const EMPTY: MapCell = { key: null, tensor: null, value: null, count: 0, state: 'none' };

/** Layers by kinds of matrices in one checkpoint. */
export function kindsMap(data: SpectraData, path: string, measure: Measure): MapModel {
  const tensors = data.of(path);
  const kinds = kindsOf(tensors);
  const rows = layersOf(tensors).map((layer) => ({
    layer,
    label: layerLabel(layer),
    cells: kinds.map((kind) => cellOf(path, data.at(path, layer, kind), measure)),
  }));
  const columns = kinds.map((kind) => ({ label: texts.kinds[kind].short, title: texts.kinds[kind].title }));
  return withRange(measure, columns, rows);
}

/** Layers by checkpoints, for matrices of one kind. Checkpoints that were not measured are empty columns. */
export function stepsMap(data: SpectraData, kind: KindChoice, measure: Measure): MapModel {
  const shown = data.series();
  const all = shown.flatMap(({ path }) => data.of(path));
  const kinds = kind === 'all' ? kindsOf(all) : [kind];
  const layers = layersOf(kind === 'all' ? all : all.filter((tensor) => tensor.kind === kind));
  const rows = layers.map((layer) => ({
    layer,
    label: layerLabel(layer),
    cells: shown.map(({ path, state }) => {
      const there = kinds.flatMap((each) => data.at(path, layer, each));
      const cell = cellOf(path, there, measure);
      return cell.state === 'none' && state !== 'done' ? { ...cell, state: 'waiting' as const } : cell;
    }),
  }));
  return withRange(measure, shown.map(columnOf), rows);
}

/** Kinds that occur, in the order in which a layer uses them. */
export function kindsOf(tensors: readonly TensorView[]): LayerKind[] {
  const found = new Set(tensors.map(({ kind }) => kind));
  return KIND_ORDER.filter((kind) => found.has(kind));
}

function columnOf(checkpoint: CheckpointView): { label: string; title: string } {
  return { label: shortLabel(checkpoint), title: checkpoint.label };
}

function withRange(measure: Measure, columns: MapModel['columns'], rows: readonly MapRow[]): MapModel {
  const values = rows.flatMap(({ cells }) => cells.flatMap(({ value }) => (value === null ? [] : [value.value])));
  const shown = measure.log ? values.filter((value) => value > 0) : values;
  const range = shown.length === 0 ? null : ([Math.min(...shown), Math.max(...shown)] as const);
  return { measure, columns, rows, range };
}

/** Layers in order, those outside of them last. */
function layersOf(tensors: readonly TensorView[]): (number | null)[] {
  const layers = [...new Set(tensors.map(({ layer }) => layer))];
  return layers.sort((a, b) => (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER));
}

function layerLabel(layer: number | null): string {
  return layer === null ? texts.map.outside : String(layer);
}

function cellOf(path: string, tensors: readonly TensorView[], measure: Measure): MapCell {
  const worst = worstOf(tensors, measure);
  if (worst === undefined) return EMPTY;
  const value = measured(measure, worst);
  const key = { path, name: worst.name };
  return { key, tensor: worst, value, count: tensors.length, state: value === null ? 'refused' : 'value' };
}

/** What has no measures first, then by the end of the measure that deserves a look, else the one in the middle. */
export function worstOf(tensors: readonly TensorView[], measure: Measure): TensorView | undefined {
  const broken = tensors.find(({ measures, refused }) => measures === null && refused !== null);
  if (broken !== undefined) return broken;
  const { worse } = measure;
  if (worse === null) return middleOf(tensors, measure) ?? tensors[0];
  let [worst, extreme] = [tensors[0], Number.NaN];
  for (const tensor of tensors) {
    const value = measured(measure, tensor)?.value;
    if (value === undefined || (worse === 'low' ? value >= extreme : value <= extreme)) continue;
    [worst, extreme] = [tensor, value];
  }
  return worst;
}

function middleOf(tensors: readonly TensorView[], measure: Measure): TensorView | undefined {
  const known = tensors.flatMap((tensor) => {
    const value = measured(measure, tensor)?.value;
    return value === undefined ? [] : [{ tensor, value }];
  });
  known.sort((a, b) => a.value - b.value);
  return known[(known.length - 1) >> 1]?.tensor;
}

/** Place of a value in the range of a map, 0 to 1; the middle when all values are equal. */
export function shareOf({ range, measure }: MapModel, value: number): number {
  if (range === null) return 0.5;
  const scale = (x: number): number => (measure.log ? Math.log(Math.max(x, Number.MIN_VALUE)) : x);
  const [low, high] = [scale(range[0]), scale(range[1])];
  return high > low ? (scale(value) - low) / (high - low) : 0.5;
}

/** ln(other/first) of one measure: what a difference map shows. `null` where one of them has no value above zero. */
export function differenceMap(first: MapModel, other: MapModel): { model: MapModel; logs: (number | null)[][] } {
  const logs = first.rows.map((row) => {
    const match = other.rows.find(({ layer }) => layer === row.layer);
    return row.cells.map((cell, c) => {
      const at = other.columns.findIndex(({ title }) => title === first.columns[c]!.title);
      const [a, b] = [cell.value?.value ?? 0, match?.cells[at]?.value?.value ?? 0];
      return a > 0 && b > 0 ? Math.log(b / a) : null;
    });
  });
  return { model: first, logs };
}
