import { type LrCurve, lrAt } from '../plan/lrCurve';
import { lowerBound } from '../series/column';

/**
 * A learning-rate curve in normalised units e = lr / peak, on integer nodes between which e is linear in the step.
 * `progress` is S1, the sum of e over all steps from the first node up to and including the node; its unit is steps at
 * peak learning rate. Plain data.
 */
export interface LrPath {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly rates: Float64Array<ArrayBuffer>;
  readonly progress: Float64Array<ArrayBuffer>;
  /** Learning rate that e = 1 stands for, in the unit of the log. */
  readonly peakLr: number;
  /** Last step of the first rise: where e first reaches its greatest value of the observed part. */
  readonly warmupEnd: number;
}

/** A rate this close to the greatest counts as the peak: logs round their rates. */
const PEAK_SHARE = 0.999;

/**
 * Traces `curve` in normalised units. The peak and the end of the warm-up are those of the part up to `lastSeen`, so
 * that a change of the plan's future does not change the meaning of what was observed. `undefined` when the curve has
 * no knots or its observed part has no positive finite rate. O(knots).
 */
export function traceLr(curve: LrCurve, lastSeen: number): LrPath | undefined {
  const steps = integerNodes(curve, lastSeen);
  const rates = steps.map((step) => lrAt(curve, step));
  let peakLr = 0;
  for (let i = 0; i < steps.length && (i === 0 || steps[i]! <= lastSeen); i++) peakLr = Math.max(peakLr, rates[i]!);
  if (!(peakLr > 0) || !Number.isFinite(peakLr) || !rates.every(Number.isFinite)) return undefined;
  for (let i = 0; i < rates.length; i++) rates[i] = rates[i]! / peakLr;
  const warmupEnd = steps[rates.findIndex((rate) => rate >= PEAK_SHARE)]!;
  return { steps, rates, progress: cumulate(steps, rates), peakLr, warmupEnd };
}

/** Rate e at `step`: linear between nodes, constant beyond both ends. */
export function rateAt(path: LrPath, step: number): number {
  return lrAt({ steps: path.steps, lrs: path.rates }, step);
}

/**
 * Progress S1 at `step`, exact for whole steps: e of all steps up to and including it. 0 before the first node. Equals
 * `numpy.cumsum` of the normalised rates. Source: arXiv 2408.11029, equation 1. O(log nodes).
 */
export function progressAt(path: LrPath, step: number): number {
  const { steps, rates, progress } = path;
  const node = nodeBefore(steps, step);
  if (node < 0) return 0;
  const count = step - steps[node]!;
  return progress[node]! + sumRates(rates[node]!, fallPerStep(path, node), count);
}

/** Index of the last node at or before `step`, -1 before the first. */
export function nodeBefore(steps: Float64Array, step: number): number {
  const at = lowerBound(steps, step);
  return at < steps.length && steps[at] === step ? at : at - 1;
}

/** Fall of e with each step between node `node` and the next, negative in a rise, 0 after the last node. */
export function fallPerStep(path: LrPath, node: number): number {
  const { steps, rates } = path;
  if (node + 1 >= steps.length) return 0;
  return (rates[node]! - rates[node + 1]!) / (steps[node + 1]! - steps[node]!);
}

/** Sum of e over the `count` steps after a node with rate `rate` that falls by `fall` with each step. */
function sumRates(rate: number, fall: number, count: number): number {
  return count * rate - (fall * count * (count + 1)) / 2;
}

function cumulate(steps: Float64Array, rates: Float64Array): Float64Array<ArrayBuffer> {
  const progress = new Float64Array(steps.length);
  if (steps.length > 0) progress[0] = rates[0]!;
  for (let i = 1; i < steps.length; i++) {
    const count = steps[i]! - steps[i - 1]!;
    progress[i] = progress[i - 1]! + sumRates(rates[i - 1]!, (rates[i - 1]! - rates[i]!) / count, count);
  }
  return progress;
}

/** Whole steps around every knot and `lastSeen`, ascending: between two of them the curve has no kink. */
function integerNodes(curve: LrCurve, lastSeen: number): Float64Array<ArrayBuffer> {
  const { steps } = curve;
  if (steps.length === 0) return new Float64Array(0);
  const seen = Math.floor(lastSeen);
  const nodes: number[] = [];
  const add = (step: number): void => {
    if (nodes.length === 0 || step > nodes[nodes.length - 1]!) nodes.push(step);
  };
  let seenAdded = !(seen >= steps[0]!);
  for (const knot of steps) {
    if (!seenAdded && seen < knot) {
      add(seen);
      seenAdded = true;
    }
    add(Math.floor(knot));
    add(Math.ceil(knot));
  }
  return Float64Array.from(nodes);
}
