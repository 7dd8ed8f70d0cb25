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

/**
 * `path` up to `until` and then straight between the knots of `ahead`: ascending whole steps after `until`, rates in
 * shares of the peak. O(nodes + knots).
 */
export function extendPath(
  path: LrPath,
  until: number,
  ahead: { readonly steps: readonly number[]; readonly rates: readonly number[] },
): LrPath {
  const last = Math.floor(until);
  const kept = path.steps.findLastIndex((step) => step <= last) + 1;
  const joins = kept === 0 || path.steps[kept - 1]! < last ? [last] : [];
  const steps = Float64Array.from([...path.steps.subarray(0, kept), ...joins, ...ahead.steps]);
  const joint = joins.map((step) => rateAt(path, step));
  const rates = Float64Array.from([...path.rates.subarray(0, kept), ...joint, ...ahead.rates]);
  return { ...path, steps, rates, progress: cumulate(steps, rates) };
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

/**
 * Sum of e^power over all steps up to and including each node of `path`, and the power. For power 1 it equals `progress`.
 */
export interface PowerSums {
  readonly path: LrPath;
  readonly power: number;
  readonly sums: Float64Array;
}

/**
 * Sums e^`power` at the nodes of `path`; `power` is positive. Between nodes the sum over steps is taken as the integral
 * plus the first term of the Euler-Maclaurin formula: exact to 1e-4 of a step where e does not reach zero. O(nodes).
 */
export function sumPowers(path: LrPath, power: number): PowerSums {
  const { steps, rates } = path;
  const sums = new Float64Array(steps.length);
  if (steps.length > 0) sums[0] = rates[0]! ** power;
  for (let i = 1; i < steps.length; i++) {
    sums[i] = sums[i - 1]! + sumBetween([rates[i - 1]!, rates[i]!], steps[i]! - steps[i - 1]!, power);
  }
  return { path, power, sums };
}

/** Sum of e^power up to and including `step`; 0 before the first node. O(log nodes). */
export function powerSumAt({ path, power, sums }: PowerSums, step: number): number {
  const node = nodeBefore(path.steps, step);
  if (node < 0) return 0;
  const count = step - path.steps[node]!;
  const rate = path.rates[node]!;
  return sums[node]! + sumBetween([rate, Math.max(0, rate - count * fallPerStep(path, node))], count, power);
}

/** Sum of e^power over the `count` steps after a node, while e goes evenly from `first` to `last`. */
function sumBetween([first, last]: readonly [number, number], count: number, power: number): number {
  if (count === 0) return 0;
  const [a, b] = [first ** power, last ** power];
  const mean = Math.abs(first - last) <= 1e-9 * first ? a : (a * first - b * last) / ((power + 1) * (first - last));
  return count * mean + (b - a) / 2;
}

/** Falls (and rises) of the rate, joined into few blocks. Equal lengths; ascending, not overlapping. */
export interface RateBlocks {
  /** Step before the first change and step of the last one. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Rate at both ends. */
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/**
 * The changes of e along `path` in few blocks: a block ends when the root of e has moved by 1 / `limit` of all that it
 * moves, and where a fall turns into a rise. Even in the root, because laws bend most where the rate nears zero. The rise
 * from zero to the first node is the first block. O(nodes + limit).
 */
export function rateBlocks(path: LrPath, limit: number): RateBlocks {
  const { steps, rates } = path;
  const roots = rates.map(Math.sqrt);
  let total = roots[0] ?? 0;
  for (let i = 1; i < roots.length; i++) total += Math.abs(roots[i]! - roots[i - 1]!);
  const quantum = total / limit;
  const blocks: Block[] = [];
  if (rates.length > 0 && rates[0]! > 0) blocks.push([steps[0]! - 1, steps[0]! - 1, 0, rates[0]!]);
  let open: number | undefined;
  for (let i = 1; i < steps.length; i++) {
    const moved = Math.abs(roots[i]! - roots[i - 1]!);
    if (open !== undefined) {
      const sofar = roots[i - 1]! - roots[open]!;
      if (moved > quantum || Math.abs(sofar) > quantum || sofar * (rates[i]! - rates[i - 1]!) < 0) {
        blocks.push([steps[open]!, steps[i - 1]!, rates[open]!, rates[i - 1]!]);
        open = undefined;
      }
    }
    if (moved > quantum) blocks.push(...divide(path, i, Math.ceil(moved / quantum)));
    else if (moved > 0) open ??= i - 1;
  }
  const last = steps.length - 1;
  if (open !== undefined) blocks.push([steps[open]!, steps[last]!, rates[open]!, rates[last]!]);
  const column = (k: number): Float64Array => Float64Array.from(blocks, (block) => block[k]!);
  return { from: column(0), to: column(1), before: column(2), after: column(3) };
}

type Block = readonly [from: number, to: number, before: number, after: number];

/** The stretch between nodes `i - 1` and `i` in `parts` even in the root of the rate. */
function divide({ steps, rates }: LrPath, i: number, parts: number): Block[] {
  const [s0, s1, e0, e1] = [steps[i - 1]!, steps[i]!, rates[i - 1]!, rates[i]!];
  if (s1 - s0 <= 1) return [[s0, s1, e0, e1]];
  const at = (k: number): readonly [number, number] => {
    if (k === 0) return [s0, e0];
    if (k === parts) return [s1, e1];
    const rate = (Math.sqrt(e0) + ((Math.sqrt(e1) - Math.sqrt(e0)) * k) / parts) ** 2;
    return [s0 + ((s1 - s0) * (rate - e0)) / (e1 - e0), rate];
  };
  return Array.from({ length: parts }, (_, k): Block => {
    const [[from, before], [to, after]] = [at(k), at(k + 1)];
    return [from, to, before, after];
  });
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
