import { meanWeights, type Spectrum } from './spectrum';

/**
 * All eigenvalues as a list, descending, as long as the shorter side: those that are known, and for the rest the quantiles of
 * the distribution that the probes show (weights of the rule at its nodes, linear between their middles). `probes` picks the
 * probes that are used; all without it.
 */
export function eigenvalueList(spectrum: Spectrum, probes?: readonly number[]): Float64Array {
  const { values, settled, size, weights } = spectrum;
  const list = new Float64Array(size);
  list.set(values.subarray(0, settled));
  const rest = size - settled;
  if (rest === 0) return list;
  const nodes = values.subarray(settled);
  const chosen = probes === undefined ? weights : probes.map((j) => weights[j]!);
  const mean = meanWeights(chosen, nodes.length);
  const total = mean.reduce((sum, weight) => sum + weight, 0);
  const scale = total > rest ? rest / total : 1;
  let node = 0;
  let middle = (mean[0]! * scale) / 2;
  let before = 0;
  let beforeValue = nodes[0]!;
  for (let k = 0; k < rest; k++) {
    const rank = k + 0.5;
    while (middle < rank && node < nodes.length - 1) {
      before = middle;
      beforeValue = nodes[node]!;
      middle += ((mean[node]! + mean[node + 1]!) * scale) / 2;
      node++;
    }
    if (middle < rank) list[settled + k] = rank < total * scale ? nodes.at(-1)! : 0;
    else {
      const part = middle > before ? (rank - before) / (middle - before) : 1;
      list[settled + k] = beforeValue + Math.min(1, part) * (nodes[node]! - beforeValue);
    }
  }
  return list;
}

/** Groups of probes whose spread shows the error of what has no simpler one. */
const GROUPS = 4;
/** Student's t for 95 % with 3 degrees of freedom. */
const T95 = 3.18;

/**
 * A number computed from the list of eigenvalues, with an error from the spread over four groups of probes; 0 where all
 * eigenvalues are known.
 */
export function fromList(
  spectrum: Spectrum,
  compute: (list: Float64Array) => number,
): { value: number; error: number } {
  const value = compute(eigenvalueList(spectrum));
  const { length } = spectrum.weights;
  if (length === 0) return { value, error: 0 };
  let square = 0;
  for (let group = 0; group < GROUPS; group++) {
    const members = Array.from({ length: length / GROUPS }, (_, i) => group + i * GROUPS);
    square += (compute(eigenvalueList(spectrum, members)) - value) ** 2;
  }
  return { value, error: (T95 * Math.sqrt(square / (GROUPS - 1))) / Math.sqrt(GROUPS) };
}
