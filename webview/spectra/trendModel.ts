import { formatNumber, formatStep } from '../../src/core/report/numbers';
import type { LayerKind, TensorView } from '../../src/protocol/spectra';
import { KIND_ORDER, type SpectraData } from './data';
import { formatEstimate, type Measure, measured } from './measures';
import { styleOf } from './plot/palette';
import { axisOver, type PlotModel, type PlotPoint, type PlotSeries, reachOf } from './plot/plotModel';
import { texts } from './texts';

/** What trends are drawn of. */
export interface TrendChoice {
  readonly measure: Measure;
  /** Checkpoint of the drawing over depth. */
  readonly path: string;
  readonly hidden: readonly string[];
  /** Kind that stands out; the others fade. */
  readonly focus: LayerKind | null;
}

/** Kinds that occur in layers, in their order. */
export function layeredKinds(data: SpectraData): LayerKind[] {
  const found = new Set<LayerKind>();
  for (const { path } of data.checkpoints) {
    for (const { kind, layer } of data.of(path)) if (layer !== null) found.add(kind);
  }
  return KIND_ORDER.filter((kind) => found.has(kind));
}

/** Matrices of one kind in the layers of a checkpoint. */
export function layered(data: SpectraData, path: string, kind: LayerKind): TensorView[] {
  return data.of(path).filter((tensor) => tensor.kind === kind && tensor.layer !== null);
}

/** One line for each kind over the layers of one checkpoint; of experts the median one. `null` without layers. */
export function depthPlot(data: SpectraData, choice: TrendChoice): PlotModel | null {
  const { measure, path } = choice;
  const tensors = data.of(path).filter(({ layer }) => layer !== null);
  const layers = [...new Set(tensors.map(({ layer }) => layer!))].sort((a, b) => a - b);
  const series = seriesOf(data, choice, (kind) =>
    layers.flatMap((layer) => {
      const middle = medianOf(data.at(path, layer, kind), measure);
      return middle === null ? [] : [{ ...middle, x: layer, title: `${texts.trend.layer} ${layer}` }];
    }),
  );
  return plotOf(series, measure, {
    title: texts.trend.depth(measure.title),
    label: texts.trend.layer,
    ticks: layers,
    format: String,
  });
}

/** One line for each kind over the steps: the layer whose value is in the middle, with its own bar. `null` below two steps. */
export function stepsPlot(data: SpectraData, choice: TrendChoice): PlotModel | null {
  const { measure } = choice;
  const taken = data.measured().filter(({ step }) => step !== null);
  if (taken.length < 2) return null;
  const series = seriesOf(data, choice, (kind) =>
    taken.flatMap(({ path, step }) => {
      const middle = medianOf(layered(data, path, kind), measure);
      return middle === null ? [] : [{ ...middle, x: step!, title: `${texts.trend.step} ${formatStep(step)}` }];
    }),
  );
  const title = texts.trend.steps(measure.title);
  return plotOf(series, measure, { title, label: texts.trend.step, format: formatStep });
}

/** The value in the middle is that of one matrix, so its error is known; of an even number the lower one. */
export function medianOf(
  tensors: readonly TensorView[],
  measure: Measure,
): { value: number; error: number | null } | null {
  const values = tensors.flatMap((tensor) => measured(measure, tensor) ?? []).sort((a, b) => a.value - b.value);
  return values[(values.length - 1) >> 1] ?? null;
}

function seriesOf(
  data: SpectraData,
  { hidden, focus }: TrendChoice,
  pointsOf: (kind: LayerKind) => readonly PlotPoint[],
): PlotSeries[] {
  return layeredKinds(data).flatMap((kind, place): PlotSeries[] => {
    const points = hidden.includes(kind) ? [] : pointsOf(kind);
    if (points.length === 0) return [];
    const faded = focus !== null && focus !== kind && !hidden.includes(focus);
    const { marker, dash } = styleOf(place);
    return [{ key: kind, label: texts.kinds[kind].short, colour: place, marker, dash, width: 1.75, faded, points }];
  });
}

function plotOf(
  series: readonly PlotSeries[],
  { log, title: measured }: Measure,
  { title, ...xAxis }: { title: string; label: string; ticks?: readonly number[]; format: (value: number) => string },
): PlotModel | null {
  const points = series.flatMap((each) => each.points);
  const y = axisOver(reachOf(series), { label: measured, log, format: (value) => formatNumber(value, 3) });
  const x = axisOver(
    points.map((point) => point.x),
    { ...xAxis, log: false, room: 0.03 },
  );
  if (x === null || y === null) return null;
  const lines = series.map(({ label, points: own }) =>
    texts.trend.line(label, formatEstimate(own[0]!), formatEstimate(own.at(-1)!)),
  );
  const ticks = xAxis.ticks === undefined ? {} : { ticks: xAxis.ticks };
  return { title, alt: texts.trend.alt(title, lines.join('; ')), x: { ...x, ...ticks }, y, series, levels: [] };
}
