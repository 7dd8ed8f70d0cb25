import { curveGrid } from '../forecast/curveGrid';
import { evaluateFitted, type FittedForecast } from '../forecast/fittedForecast';
import { type Answer, answered, declined } from './answer';

/** When a loss is reached; `null` where it is not reached within the plan. */
export interface StepOfLoss {
  /** The loss asked for, nats. */
  readonly target: number;
  /** First step at which the expected smoothed loss is that low. */
  readonly step: number | null;
  /** The same for the lower and the upper end of each interval: earliest and latest step. */
  readonly interval80: readonly [number | null, number | null];
  readonly interval95: readonly [number | null, number | null];
}

/** Halvings of a stretch between two nodes: to a step for a million. */
const HALVINGS = 24;

/**
 * First step from the newest fitted one on at which the smoothed loss reaches `target`, within the plan. A target that is
 * reached already gives the newest step. Refused for a target that is not above 0 (`badArgument`). O(260 nodes).
 */
export function stepOfLoss(fitted: FittedForecast, target: number): Answer<StepOfLoss> {
  if (!(target > 0) || !Number.isFinite(target)) return declined('badArgument', 'A loss is a number above 0.');
  const { of80, of95 } = fitted.halfWidths;
  const first = Math.ceil(fitted.newest);
  const grid = curveGrid(fitted.path, Math.min(first, fitted.finalStep), fitted.finalStep);
  const { values, relativeSd } = evaluateFitted(fitted, grid);
  const bound = (width: number) => (i: number) => values[i]! * Math.exp(width * relativeSd[i]!);
  const at = (width: number) => crossing(fitted, { grid, target, width, bound: bound(width) });
  return answered({
    target,
    step: at(0),
    interval80: [at(-of80), at(of80)],
    interval95: [at(-of95), at(of95)],
  });
}

interface Search {
  readonly grid: Float64Array;
  readonly target: number;
  readonly width: number;
  bound(i: number): number;
}

function crossing(fitted: FittedForecast, { grid, target, width, bound }: Search): number | null {
  const i = grid.findIndex((_, k) => bound(k) <= target);
  if (i < 0) return null;
  if (i === 0) return grid[0]!;
  let [low, high] = [grid[i - 1]!, grid[i]!];
  for (let k = 0; k < HALVINGS && high - low > 1; k++) {
    const middle = Math.floor((low + high) / 2);
    const { values, relativeSd } = evaluateFitted(fitted, Float64Array.of(middle));
    if (values[0]! * Math.exp(width * relativeSd[0]!) <= target) high = middle;
    else low = middle;
  }
  return high;
}
