import { type LrPath, rateAt } from '../laws/lrPath';

const LOG_NODES = 80;
const EVEN_NODES = 60;
const RATE_NODES = 120;

/**
 * At most 260 whole steps from `first` to `last`, ascending, both included: even in log step, even in step, and even in
 * the amount the learning rate moves, so that decays are drawn finely. One step when `first` >= `last`.
 */
export function curveGrid(path: LrPath, first: number, last: number): Float64Array {
  if (!(first < last)) return Float64Array.of(last);
  const steps = new Set([first, last]);
  const add = (step: number): void => {
    if (step > first && step < last) steps.add(Math.round(step));
  };
  const ratio = Math.log(last / Math.max(1, first));
  for (let k = 1; k < LOG_NODES; k++) add(Math.max(1, first) * Math.exp((ratio * k) / LOG_NODES));
  for (let k = 1; k < EVEN_NODES; k++) add(first + ((last - first) * k) / EVEN_NODES);
  for (const step of evenInRate(path, first, last)) add(step);
  return Float64Array.from(steps)
    .filter((step) => step >= first && step <= last)
    .sort();
}

/** Steps that divide the total movement of the learning rate evenly, kinks of a short decay among them. */
function evenInRate(path: LrPath, first: number, last: number): number[] {
  const inside = Array.from(path.steps).filter((step) => step > first && step < last);
  const knots = [first, ...inside, last];
  const moved = [0];
  for (let i = 1; i < knots.length; i++) {
    moved.push(moved[i - 1]! + Math.abs(rateAt(path, knots[i]!) - rateAt(path, knots[i - 1]!)));
  }
  const total = moved[moved.length - 1]!;
  const nodes: number[] = [];
  if (!(total > 0)) return nodes;
  for (let i = 1, k = 0; i < knots.length && nodes.length < RATE_NODES; i++) {
    const span = moved[i]! - moved[i - 1]!;
    while (k < RATE_NODES && span > 0 && (total * k) / RATE_NODES < moved[i]!) {
      const share = ((total * k) / RATE_NODES - moved[i - 1]!) / span;
      nodes.push(knots[i - 1]! + share * (knots[i]! - knots[i - 1]!));
      k++;
    }
  }
  return nodes;
}
