import type { LayerKind, TensorView } from '../../src/protocol/spectra';
import { formatNumber, formatStep } from '../shared/numbers';
import type { SpectraData } from './data';
import { formatEstimate, type Measure, measured } from './measures';
import { styleOf } from './plot/palette';
import { axisOver, type PlotModel, type PlotPoint, type PlotSeries, reachOf } from './plot/plotModel';
import { texts } from './texts';

/** Which lines of a trend are drawn, and which stands out. */
export interface TrendLook {
  readonly hidden: readonly string[];
  /** Kind that stands out; the others fade. */
  readonly focus: LayerKind | null;
}

/** A trend with its axes: one line for each kind. */
export interface Trend {
  readonly measure: Measure;
  readonly series: readonly PlotSeries[];
  readonly title: string;
  readonly label: string;
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
}

/** A measure over the layers of one checkpoint; of experts the one in the middle. Without series where there are no layers. */
export function depthTrend(data: SpectraData, measure: Measure, path: string): Trend {
  const layers = [...new Set(data.of(path).flatMap(({ layer }) => layer ?? []))].sort((a, b) => a - b);
  const series = seriesOf(data, (kind) =>
    layers.flatMap((layer) => {
      const middle = medianOf(data.at(path, layer, kind), measure);
      return middle === null ? [] : [{ ...middle, x: layer, title: `${texts.trend.layer} ${layer}` }];
    }),
  );
  const title = texts.trend.depth(measure.title);
  return { measure, series, title, label: texts.trend.layer, ticks: layers, format: String };
}

/** A measure over the steps: the layer whose value is in the middle, with its own bar. Without series below two steps. */
export function stepsTrend(data: SpectraData, measure: Measure): Trend {
  const taken = data.measured().filter(({ step }) => step !== null);
  const series = seriesOf(data, (kind) =>
    taken.flatMap(({ path, step }) => {
      const middle = medianOf(data.layered(path, kind), measure);
      return middle === null ? [] : [{ ...middle, x: step!, title: `${texts.trend.step} ${formatStep(step)}` }];
    }),
  );
  const title = texts.trend.steps(measure.title);
  return { measure, series: taken.length < 2 ? [] : series, title, label: texts.trend.step, format: formatStep };
}

/** The value in the middle is that of one matrix, so its error is known; of an even number the lower one. */
export function medianOf(
  tensors: readonly TensorView[],
  measure: Measure,
): { value: number; error: number | null } | null {
  const values = tensors.flatMap((tensor) => measured(measure, tensor) ?? []).sort((a, b) => a.value - b.value);
  return values[(values.length - 1) >> 1] ?? null;
}

function seriesOf(data: SpectraData, pointsOf: (kind: LayerKind) => readonly PlotPoint[]): PlotSeries[] {
  return data.layeredKinds().flatMap((kind, place): PlotSeries[] => {
    const points = pointsOf(kind);
    if (points.length === 0) return [];
    const { marker, dash } = styleOf(place);
    const label = texts.kinds[kind].short;
    return [{ key: kind, label, colour: place, marker, dash, width: 1.75, faded: false, points }];
  });
}

/** The drawing of a trend; its axes stay as they are when lines are switched off. `null` without lines. */
export function trendPlot({ measure, series, title, label, ticks, format }: Trend, look: TrendLook): PlotModel | null {
  const { hidden, focus } = look;
  const points = series.flatMap((each) => each.points);
  const y = axisOver(reachOf(series), {
    label: measure.title,
    log: measure.log,
    format: (value) => formatNumber(value, 3),
  });
  const x = axisOver(
    points.map((point) => point.x),
    { label, format, log: false, room: 0.03 },
  );
  if (x === null || y === null) return null;
  const lines = series.map((each) =>
    texts.trend.line(each.label, formatEstimate(each.points[0]!), formatEstimate(each.points.at(-1)!)),
  );
  const fades = focus !== null && !hidden.includes(focus) && series.some(({ key }) => key === focus);
  const shown = series
    .filter(({ key }) => !hidden.includes(key))
    .map((each) => ({ ...each, faded: fades && each.key !== focus }));
  const alt = texts.trend.alt(title, lines.join('; '));
  return { title, alt, x: ticks === undefined ? x : { ...x, ticks }, y, series: shown, levels: [] };
}
