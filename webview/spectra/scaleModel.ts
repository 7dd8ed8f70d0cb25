import type { LayerKind, ScaleFacts, ScaleInput } from '../../src/protocol/spectra';
import { formatLr, formatNumber, formatStep } from '../shared/numbers';
import type { SpectraData } from './data';
import { type Estimate, measureOf } from './measures';
import { styleOf } from './plot/palette';
import { axisOver, type PlotModel, type PlotSeries, reachOf } from './plot/plotModel';
import { texts } from './texts';
import { medianOf } from './trendModel';

/** One input of the law as the table shows it. */
export interface InputRow {
  readonly title: string;
  readonly value: string;
  readonly where: string;
}

/** One kind of matrix: σ₁ in the middle and its part of the scale. */
export interface ScaleRow {
  readonly kind: LayerKind;
  readonly sigma: Estimate;
  readonly ratio: Estimate | null;
}

export interface ScaleModel {
  readonly inputs: readonly InputRow[];
  /** What is missing, or whether the weights have settled. */
  readonly verdict: string;
  readonly rows: readonly ScaleRow[];
  /** σ₁ of each kind against the scale of each checkpoint; `null` where no two scales are known. */
  readonly plot: PlotModel | null;
}

/** Scales closer than this are one: nothing can be read off their difference. */
const SAME = 1.01;

/** The law for one checkpoint, and against all others whose inputs are known; `null` before anything is known. */
export function scaleModel(data: SpectraData, path: string): ScaleModel | null {
  const facts = data.scales.get(path);
  if (facts === undefined) return null;
  const step = data.checkpoint(path)?.step ?? null;
  const sigma1 = measureOf('sigma1');
  const rows = data.layeredKinds().flatMap((kind): ScaleRow[] => {
    const sigma = medianOf(data.layered(path, kind), sigma1);
    if (sigma === null) return [];
    return [{ kind, sigma, ratio: facts.scale === null ? null : over(sigma, facts.scale) }];
  });
  return { inputs: inputsOf(facts), verdict: verdictOf(facts, step), rows, plot: scalePlot(data) };
}

function over({ value, error }: Estimate, scale: number): Estimate {
  return { value: value / scale, error: error === null ? null : error / scale };
}

function inputsOf({ learningRate, weightDecay, width, scale }: ScaleFacts): InputRow[] {
  const row = (title: string, { value, where }: ScaleInput, format: (value: number) => string): InputRow => {
    return { title, value: value === null ? '–' : format(value), where };
  };
  return [
    row(texts.scale.rate, learningRate, formatLr),
    row(texts.scale.decay, weightDecay, formatLr),
    row(texts.scale.width, width, formatStep),
    row(texts.scale.expected, { value: scale, where: '' }, (value) => formatNumber(value)),
  ];
}

function verdictOf(
  { learningRate, weightDecay, width, scale, averagingSteps }: ScaleFacts,
  step: number | null,
): string {
  if (scale === null) {
    const named = [
      [texts.scale.rate, learningRate.value],
      [texts.scale.decay, weightDecay.value],
      [texts.scale.width, width.value],
    ] as const;
    const names = named.filter(([, value]) => value === null).map(([name]) => name);
    return names.length > 0 ? texts.scale.missing(names.join('; ')) : weightDecay.where;
  }
  if (averagingSteps === null || step === null) return '';
  const steps = formatStep(Math.round(averagingSteps));
  return step >= 2 * averagingSteps ? texts.scale.settled(steps) : texts.scale.unsettled(steps, formatStep(step));
}

/** σ₁ in the middle of each kind against the scale, with a line of slope 1 through the middle of all points. */
function scalePlot(data: SpectraData): PlotModel | null {
  const known = data.checkpoints
    .filter((each) => data.isMeasured(each.path))
    .flatMap(({ path, label }) => {
      const scale = data.scales.get(path)?.scale ?? null;
      return scale === null ? [] : [{ path, label, scale }];
    });
  const scales = known.map(({ scale }) => scale);
  if (known.length < 2 || Math.max(...scales) / Math.min(...scales) < SAME) return null;
  const sigma1 = measureOf('sigma1');
  const series = data.layeredKinds().flatMap((kind, place): PlotSeries[] => {
    const points = known.flatMap(({ path, label, scale }) => {
      const sigma = medianOf(data.layered(path, kind), sigma1);
      return sigma === null ? [] : [{ ...sigma, x: scale, title: label }];
    });
    if (points.length === 0) return [];
    const { marker, dash } = styleOf(place);
    const label = texts.kinds[kind].short;
    return [{ key: kind, label, colour: place, marker, dash, width: 1.5, faded: false, scattered: true, points }];
  });
  const slope = slopeOne(series, scales);
  const all = [...series, ...(slope === null ? [] : [slope])];
  const format = (value: number): string => formatNumber(value, 2);
  const x = axisOver(scales, { label: texts.scale.expected, log: true, format });
  const y = axisOver(reachOf(all), { label: 'σ₁', log: true, format });
  if (x === null || y === null) return null;
  return { title: texts.scale.plot, alt: texts.scale.alt, x, y, series: all, levels: [] };
}

function slopeOne(series: readonly PlotSeries[], scales: readonly number[]): PlotSeries | null {
  const logs = series.flatMap(({ points }) => points.map(({ x, value }) => Math.log(value / x)));
  if (logs.length === 0) return null;
  const factor = Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
  const points = [Math.min(...scales), Math.max(...scales)].map((x) => ({ x, value: factor * x, error: null }));
  return {
    key: 'slope',
    label: texts.scale.slope,
    colour: -2,
    marker: 'none',
    dash: '2 3',
    width: 1.5,
    faded: false,
    points,
  };
}
