import { curveGrid } from './curveGrid';
import { evaluateFitted, type FittedBand, type FittedForecast, type HalfWidths } from './fittedForecast';
import type { Estimate, ForecastCurve } from './forecast';

/** A value with relative standard deviation `relativeSd` and its 80 % and 95 % intervals, symmetric in its logarithm. */
export function estimateOf(value: number, relativeSd: number, { of80, of95 }: HalfWidths): Estimate {
  const around = (width: number): [number, number] => [
    value * Math.exp(-width * relativeSd),
    value * Math.exp(width * relativeSd),
  ];
  return { value, interval80: around(of80), interval95: around(of95) };
}

/** The fitted law at `step`, its last planned one unless given, with its intervals. */
export function estimateAt(fitted: FittedForecast, step = fitted.finalStep): Estimate {
  const { values, relativeSd } = evaluateFitted(fitted, Float64Array.of(step));
  return estimateOf(values[0]!, relativeSd[0]!, fitted.halfWidths);
}

/** The fitted law with its bands from step `first` to its last planned step, at most 400 nodes. */
export function curveOf(fitted: FittedForecast, first: number): ForecastCurve {
  const grid = curveGrid(fitted.path, Math.ceil(first), fitted.finalStep);
  const band = evaluateFitted(fitted, grid);
  const { of80, of95 } = fitted.halfWidths;
  return {
    steps: Array.from(grid),
    values: Array.from(band.values),
    low80: bound(band, -of80),
    high80: bound(band, of80),
    low95: bound(band, -of95),
    high95: bound(band, of95),
  };
}

function bound({ values, relativeSd }: FittedBand, width: number): number[] {
  return Array.from(values, (value, i) => value * Math.exp(width * relativeSd[i]!));
}
