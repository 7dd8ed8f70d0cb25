import { fallPerStep, type LrPath, nodeBefore } from './lrPath';

/**
 * The annealing area S2 of a learning-rate path: `momentum` and `area` at every node of the path, and the memory
 * `lambda` they were computed with. Momentum has the unit of e, area that of e times steps.
 */
export interface AnnealingArea {
  readonly path: LrPath;
  readonly lambda: number;
  readonly momentum: Float64Array;
  readonly area: Float64Array;
}

/**
 * Computes the annealing area at the nodes of `path`:
 *
 *     m_i = lambda · m_{i-1} + (e_{i-1} - e_i),   S2_i = S2_{i-1} + m_i
 *
 * from m = S2 = 0 at the end of the warm-up, whose rise is left out. Between two nodes e falls evenly, so both sums are
 * geometric and cost O(1) whatever the number of steps. `lambda` lies in (0, 1). Source: arXiv 2408.11029, equation 2.
 */
export function traceAnnealing(path: LrPath, lambda: number): AnnealingArea {
  const momentum = new Float64Array(path.steps.length);
  const area = new Float64Array(path.steps.length);
  for (let i = 1; i < path.steps.length; i++) {
    if (path.steps[i]! <= path.warmupEnd) continue;
    const count = path.steps[i]! - path.steps[i - 1]!;
    const fall = fallPerStep(path, i - 1);
    momentum[i] = momentumAfter(lambda, momentum[i - 1]!, fall, count);
    area[i] = area[i - 1]! + areaAfter(lambda, momentum[i - 1]!, fall, count);
  }
  return { path, lambda, momentum, area };
}

/** Annealing area S2 at `step`, exact for whole steps; 0 up to the end of the warm-up. O(log nodes). */
export function annealingAreaAt({ path, lambda, momentum, area }: AnnealingArea, step: number): number {
  if (step <= path.warmupEnd) return 0;
  const node = nodeBefore(path.steps, step);
  const count = step - path.steps[node]!;
  return area[node]! + areaAfter(lambda, momentum[node]!, fallPerStep(path, node), count);
}

/** Momentum after `count` steps that each add `fall`, from `start`. */
function momentumAfter(lambda: number, start: number, fall: number, count: number): number {
  const kept = Math.exp(count * Math.log(lambda));
  return kept * start + (fall * forgotten(lambda, count)) / (1 - lambda);
}

/** Sum of the momentum over `count` steps that each add `fall`, from `start`. */
function areaAfter(lambda: number, start: number, fall: number, count: number): number {
  const spread = (lambda * forgotten(lambda, count)) / (1 - lambda);
  return start * spread + (fall * (count - spread)) / (1 - lambda);
}

/** 1 - lambda^count without loss of digits. */
function forgotten(lambda: number, count: number): number {
  return -Math.expm1(count * Math.log(lambda));
}
