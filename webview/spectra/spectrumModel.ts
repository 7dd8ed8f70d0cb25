import type { MatrixView, TensorView } from '../../src/protocol/spectra';
import { formatNumber } from '../shared/numbers';
import { formatEstimate } from './measures';
import { axisOver, type PlotModel, type PlotSeries, reachOf } from './plot/plotModel';
import { texts } from './texts';

/** Values below this part of the largest are rounding, and would stretch the axis for nothing. */
const FLOOR = 1e-6;

/** One spectrum on two logarithmic axes, with the noise of its shape and the line of its tail; `null` without values. */
export function spectrumPlot(tensor: TensorView, matrix: MatrixView): PlotModel | null {
  const { measures } = tensor;
  if (measures === null) return null;
  const { ranks, sigma, errors } = matrix.curve;
  const floor = (sigma[0] ?? 0) * FLOOR;
  const top = measures.sigma.map(({ value, error }, i) => ({ x: i + 1, value, error, title: `σ${subscript(i + 1)}` }));
  // The largest values have a series of their own: there the bounds are those of single values.
  const rest = ranks.flatMap((x, i) =>
    x > top.length && sigma[i]! > floor ? [{ x, value: sigma[i]!, error: errors[i]! }] : [],
  );
  const series: PlotSeries[] = [
    ...(matrix.noise === null ? [] : [lineOf('noise', texts.spectrum.noise, ranks, matrix.noise, floor)]),
    { ...dots('values', texts.spectrum.values), colour: 4, marker: 'ring', points: rest },
    {
      ...dots('top', texts.spectrum.top),
      colour: 5,
      marker: 'circle',
      points: top.filter(({ value }) => value > floor),
    },
  ];
  if (matrix.tail !== null) {
    const label = texts.spectrum.tail(formatEstimate(measures.alpha));
    const { ranks: ends, sigma: values } = matrix.tail;
    series.push({ ...lineOf('tail', label, ends, values, 0), colour: 1, dash: '7 3', width: 2 });
  }
  const edge = measures.bulkEdge;
  const shown = reachOf(series.filter(({ key }) => key !== 'tail')).filter((value) => value > floor);
  const y = axisOver(shown, { label: texts.spectrum.y, log: true, format: (value) => formatNumber(value, 2) });
  const x = axisOver(ranks, {
    label: texts.spectrum.x,
    log: true,
    format: (value) => formatNumber(value, 3),
    room: 0.02,
  });
  if (x === null || y === null) return null;
  const alt = texts.spectrum.alt(
    tensor.name,
    formatEstimate(measures.spectralNorm),
    String(measures.spikes ?? 'unknown'),
  );
  const levels = edge === null || !(edge > floor) ? [] : [{ y: edge, label: texts.spectrum.edge }];
  return { title: tensor.name, alt, x, y, series, levels };
}

function dots(key: string, label: string) {
  return { key, label, dash: '', width: 1, faded: false, scattered: true } as const;
}

function lineOf(key: string, label: string, x: readonly number[], y: readonly number[], floor: number): PlotSeries {
  const points = x.flatMap((place, i) => (y[i]! > floor ? [{ x: place, value: y[i]!, error: null }] : []));
  return { key, label, colour: -2, marker: 'none', dash: '2 3', width: 1.5, faded: false, points };
}

/** `₁` … `₉`. */
export function subscript(digit: number): string {
  return String.fromCharCode(0x2080 + digit);
}
