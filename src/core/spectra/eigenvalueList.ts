import { monotoneCurve } from './linear/monotoneCurve';
import { massBelow, meanWeights, type Spectrum } from './spectrum';

/** Nodes of a block rule that stand for one node of the plain rule: as many as vectors in a block. */
const TOGETHER = 16;

/** Nodes of less weight stand for single eigenvalues. */
const SINGLE = 1.5;

/**
 * All eigenvalues as a list, descending, as long as the shorter side: those that are known, and for the rest the quantiles of
 * the distribution that the probes show. Its cumulative weights at the middles of the nodes are joined by a monotone curve, which
 * is scaled to the sum of eigenvalues that is known. `probes`
 * picks the probes that are used; all without it.
 */
export function eigenvalueList(spectrum: Spectrum, probes?: readonly number[]): Float64Array {
  const { values, settled, size, weights } = spectrum;
  const list = new Float64Array(size);
  list.set(values.subarray(0, settled));
  const rest = size - settled;
  if (rest === 0 || values.length === settled) return list;
  const chosen = probes === undefined ? weights : probes.map((j) => weights[j]!);
  const mean = meanWeights(chosen, values.length - settled);
  const { zeros } = massBelow(mean, rest);
  const groups = grouped(values.subarray(settled), mean);
  const missing = rest - zeros - mean.reduce((sum, weight) => sum + weight, 0);
  // What the rule has below its lowest node, and is no zero, is one more node at 0.
  if (missing > 0) groups.push({ value: 0, mass: missing });
  const scale = (rest - zeros) / groups.reduce((sum, { mass }) => sum + mass, 0);
  let before = 0;
  const ranks = groups.map(({ mass }) => {
    before += mass * scale;
    return before - (mass * scale) / 2;
  });
  const curve = monotoneCurve(
    ranks,
    groups.map(({ value }) => value),
  );
  const tail = list.subarray(settled, size - zeros);
  for (let k = 0; k < tail.length; k++) tail[k] = curve(k + 0.5);
  const known = list.subarray(0, settled).reduce((sum, value) => sum + value, 0);
  const top = settled > 0 ? values[settled - 1]! : Number.POSITIVE_INFINITY;
  const factor = (spectrum.energy - known) / tail.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < tail.length; k++) tail[k] = Math.min(tail[k]! * factor, top);
  return list;
}

interface Group {
  readonly value: number;
  readonly mass: number;
}

/** Nodes in groups from the lowest, each at its geometric mean; those for single eigenvalues stay alone. */
function grouped(nodes: Float64Array, masses: Float64Array): Group[] {
  const groups: Group[] = [];
  for (let end = nodes.length; end > 0; ) {
    const start = Math.max(0, end - TOGETHER);
    const mass = masses.subarray(start, end).reduce((sum, each) => sum + each, 0);
    if (mass < SINGLE * (end - start)) {
      groups.push({ value: nodes[end - 1]!, mass: masses[end - 1]! });
      end--;
      continue;
    }
    let logs = 0;
    for (let l = start; l < end; l++) logs += (Math.log(nodes[l]!) * masses[l]!) / mass;
    groups.push({ value: Math.exp(logs), mass });
    end = start;
  }
  return groups.filter(({ mass }) => mass > 0).reverse();
}

/** Groups of probes whose spread shows the error of what has no simpler one. */
const GROUPS = 4;
/** Student's t for 95 % with 3 degrees of freedom. */
const T95 = 3.18;

/** The lists that each of four groups of probes shows; their spread is the error of the whole. None where all values are known. */
function listsOfGroups(spectrum: Spectrum): Float64Array[] {
  const { length } = spectrum.weights;
  if (length === 0) return [];
  return Array.from({ length: GROUPS }, (_, group) =>
    eigenvalueList(
      spectrum,
      Array.from({ length: length / GROUPS }, (__, i) => group + i * GROUPS),
    ),
  );
}

/** Half of a 95 % interval of the mean of groups that came out as `samples`. */
function errorOfGroups(samples: readonly number[], value: number): number {
  const square = samples.reduce((sum, sample) => sum + (sample - value) ** 2, 0);
  return (T95 * Math.sqrt(square / (GROUPS - 1))) / Math.sqrt(GROUPS);
}

/**
 * A number computed from the list of eigenvalues, with an error from the spread over four groups of probes; 0 where all
 * eigenvalues are known.
 */
export function fromList(
  spectrum: Spectrum,
  compute: (list: Float64Array) => number,
): { value: number; error: number } {
  const value = compute(eigenvalueList(spectrum));
  return { value, error: errorOfGroups(listsOfGroups(spectrum).map(compute), value) };
}

/** The list of eigenvalues with the error of each at the places asked for, as `fromList` finds it. */
export function valuesOfList(spectrum: Spectrum, places: readonly number[]): { value: number; error: number }[] {
  const list = eigenvalueList(spectrum);
  const groups = listsOfGroups(spectrum);
  return places.map((place) => {
    const value = list[place]!;
    return {
      value,
      error: errorOfGroups(
        groups.map((group) => group[place]!),
        value,
      ),
    };
  });
}
