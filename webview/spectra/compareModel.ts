import { UNKNOWN } from '../../src/core/report/numbers';
import type { CheckpointComparison } from '../../src/protocol/spectra';
import { formatNumber } from '../shared/numbers';
import type { SpectraData } from './data';
import { type MapDrawing, ratioDrawing, valueDrawing } from './mapDrawing';
import { kindsMap } from './mapModel';
import { type Measure, measureOf } from './measures';
import { placeOf } from './overviewModel';
import { texts } from './texts';
import { medianOf } from './trendModel';

/** A row of the table of turned directions. */
export interface ComparisonRow {
  readonly name: string;
  readonly place: string;
  readonly cells: readonly string[];
}

/** Two checkpoints side by side, and the ratio of one measure between them. */
export interface CompareModel {
  readonly maps: readonly MapDrawing[];
  readonly summary: string;
  /** σ₁ of each kind in the middle, other over this, and what the law expects; empty without common kinds. */
  readonly norms: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

/** Compares what is known of two checkpoints. Matrices are matched by name in the table, by layer and kind in the maps. */
export function compareModel(data: SpectraData, path: string, other: string, measure: Measure): CompareModel {
  const [a, b] = withCommonRange(kindsMap(data, path, measure), kindsMap(data, other, measure));
  const label = (which: string, at: string): string => `${which}: ${data.checkpoint(at)?.label ?? at}`;
  const names = new Set(data.of(other).map(({ name }) => name));
  const own = data.of(path);
  const matched = own.filter(({ name }) => names.has(name)).length;
  return {
    maps: [
      valueDrawing(a, label(texts.compare.first, path)),
      valueDrawing(b, label(texts.compare.other, other)),
      ratioDrawing(a, b, texts.compare.difference),
    ],
    summary: texts.compare.matched(matched, own.length + names.size - 2 * matched),
    norms: normLines(data, path, other),
    rows: comparisonRows(data, path, other),
  };
}

/** How σ₁ differs by kind: between two widths this tells whether the hyperparameters were transferred well. */
function normLines(data: SpectraData, path: string, other: string): string[] {
  const sigma1 = measureOf('sigma1');
  const [from, to] = [path, other].map((at) => settledScale(data, at));
  const expected = !from || !to ? '' : texts.compare.expectedBy(formatNumber(to / from, 3));
  const lines = data.layeredKinds().flatMap((kind) => {
    const [a, b] = [path, other].map((at) => medianOf(data.layered(at, kind), sigma1));
    if (!a || !b || a.value === 0) return [];
    return [texts.compare.width(texts.kinds[kind].short, formatNumber(b.value / a.value, 3), expected)];
  });
  const known = [path, other].every((at) => data.scales.get(at)?.scale);
  return lines.length > 0 && known && expected === '' ? [...lines, texts.compare.unsettled] : lines;
}

/** The scale of the law, when the weights have had two averaging times to reach it; `null` otherwise. */
function settledScale(data: SpectraData, path: string): number | null {
  const { scale, averagingSteps } = data.scales.get(path) ?? { scale: null, averagingSteps: null };
  const step = data.checkpoint(path)?.step ?? 0;
  return averagingSteps !== null && step >= 2 * averagingSteps ? scale : null;
}

type Map = ReturnType<typeof kindsMap>;

/** Colours mean the same in both maps. */
function withCommonRange(a: Map, b: Map): [Map, Map] {
  const ends = [...(a.range ?? []), ...(b.range ?? [])];
  if (ends.length === 0) return [a, b];
  const range = [Math.min(...ends), Math.max(...ends)] as const;
  return [
    { ...a, range },
    { ...b, range },
  ];
}

/** What the comparison of directions says, the furthest turned first; empty until it is done. */
function comparisonRows(data: SpectraData, path: string, other: string): ComparisonRow[] {
  const { comparison } = data;
  if (comparison === null || comparison.result === null) return [];
  if (comparison.path !== path || comparison.other !== other) return [];
  const places = data.tensors.get(path);
  return [...comparison.result.matrices]
    .sort((x, y) => turned(y) - turned(x))
    .map((matrix) => {
      const tensor = places?.get(matrix.name);
      return { name: matrix.name, place: tensor === undefined ? matrix.name : placeOf(tensor), cells: cellsOf(matrix) };
    });
}

type Matrix = CheckpointComparison['matrices'][number];

function turned({ change }: Matrix): number {
  return change?.leftRotation ?? -1;
}

function cellsOf({ spectralNormRatio, frobeniusRatio, hardRankRatio, softRankRatio, change }: Matrix): string[] {
  const ratio = (value: number): string => (Number.isFinite(value) ? formatNumber(value, 3) : UNKNOWN);
  const turns =
    change === null
      ? [texts.compare.anglesNone, '']
      : [change.leftRotation, change.rightRotation].map((value) => value.toFixed(3));
  return [ratio(spectralNormRatio), ratio(frobeniusRatio), ratio(hardRankRatio), ratio(softRankRatio), ...turns];
}
