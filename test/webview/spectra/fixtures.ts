import type { CheckpointView, Estimate, SpectraState, SpectraWarning, TensorView } from '../../../src/protocol/spectra';
import { SpectraData } from '../../../webview/spectra/data';

export const PATH = '/runs/a/step_200.pt';
export const OTHER = '/runs/a/step_100.pt';

export const exact = (value: number): Estimate => ({ value, error: 0 });

/** Measures in which the utilization, the hard rank and σ₁ are given; the rest is of a matrix of ten columns. */
export function measures(
  change: Partial<NonNullable<TensorView['measures']>> = {},
): NonNullable<TensorView['measures']> {
  return {
    method: 'gram64',
    frobenius: 3,
    spectralNorm: exact(2),
    hardRank: exact(4),
    softRank: exact(6),
    concentration: exact(0.4),
    utilization: exact(0.48),
    stableRank: exact(2),
    numericalRank: exact(10),
    condition: exact(20),
    sigma: [exact(2), exact(1.5)],
    alpha: exact(3),
    tail: { start: 0.5, count: 8 },
    alphaNoise: 4,
    hill: exact(2.5),
    farms: null,
    bulkEdge: 1,
    spikes: 2,
    bulkSoftRank: 0.25,
    random: { hardRank: 5, softRank: 6, stableRank: 3 },
    untouched: false,
    largestEntry: null,
    hardRankWithoutLargest: null,
    ...change,
  };
}

export function tensor(name: string, change: Partial<TensorView> = {}): TensorView {
  return {
    name,
    file: 'f',
    shape: [10, 20],
    dtype: 'F32',
    kind: 'up',
    layer: 0,
    expert: null,
    aliases: [],
    rank: null,
    nonFinite: 0,
    refused: null,
    measures: measures(),
    findings: [],
    ...change,
  };
}

/** A matrix of which only the utilization counts. */
export function used(name: string, utilization: number, change: Partial<TensorView> = {}): TensorView {
  return tensor(name, { measures: measures({ utilization: exact(utilization) }), ...change });
}

export function finding(severity: SpectraWarning['severity'], evidence = 'odd'): SpectraWarning {
  return { id: 'spectra.collapsed', severity, tensor: '', evidence, advice: 'look', source: null };
}

export function checkpoint(path: string, change: Partial<CheckpointView> = {}): CheckpointView {
  const step = Number(/(\d+)/.exec(path)?.[1] ?? Number.NaN);
  return {
    path,
    label: path.split('/').at(-1)!,
    step: Number.isNaN(step) ? null : step,
    epoch: null,
    bytes: 1000,
    added: false,
    state: 'done',
    done: { bytes: 1000, ofBytes: 1000, matrices: 2, ofMatrices: 2 },
    fault: null,
    ...change,
  };
}

/** Data of a training whose checkpoints have these matrices. */
export function dataOf(
  tensors: Readonly<Record<string, readonly TensorView[]>>,
  change: Partial<SpectraState> = {},
): SpectraData {
  const data = new SpectraData();
  const paths = Object.keys(tensors);
  data.open({
    path: paths.at(-1) ?? PATH,
    run: null,
    checkpoints: paths.map((path) => checkpoint(path)),
    capped: false,
    tensors: paths.map((path) => ({ path, tensors: tensors[path]! })),
    facts: [],
    scales: [],
    ...change,
  });
  return data;
}
