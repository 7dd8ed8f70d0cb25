import type { LayerKind } from '../../core/checkpoints/checkpoint';
import { LosslineError } from '../../core/errors';
import type { TensorReport } from '../../core/spectra/analyseTensors';
import { noiseEigenvalues } from '../../core/spectra/measures/noiseSpectrum';
import { warningsOf } from '../../core/spectra/warnings';
import type {
  CheckpointFacts,
  CheckpointView,
  FoundCheckpointView,
  MatrixView,
  TensorView,
} from '../../protocol/spectra';
import type { Analysis } from './analysis';

/** A checkpoint as the panel lists it. */
export function checkpointView(found: FoundCheckpointView, analysis: Analysis, added: boolean): CheckpointView {
  const { state, done, fault } = analysis;
  return { ...found, step: analysis.report?.step ?? found.step, added, state, done, fault };
}

/** A matrix as the tables show it, with what is found wrong. The curve is sent only when it is asked for. */
export function tensorView(report: TensorReport, analysis: Analysis): TensorView {
  const attention = analysis.report?.attention.layers.filter(({ query }) => query === report.name) ?? [];
  const { measures, ...identity } = report;
  const findings = warningsOf([report], attention);
  if (measures === null) return { ...identity, measures, findings };
  const { curve: _, ...rest } = measures;
  return { ...identity, measures: rest, findings };
}

/** What is known of a checkpoint at the end of its analysis; `null` before. */
export function factsView({ path, report }: Analysis): (CheckpointFacts & { path: string }) | null {
  if (report === null) return null;
  const { skipped, attention, paramGroups } = report;
  return { path, skipped, attention, paramGroups };
}

/** One matrix with all that is drawn of its spectrum. Throws `argument.invalid` when it has none. */
export function matrixView({ path, tensors }: Analysis, name: string): MatrixView {
  const report = tensors.get(name);
  if (!report?.measures) throw new LosslineError('argument.invalid', `${name} has no spectrum.`, path);
  const { shape, measures } = report;
  return { path, name, curve: measures.curve, noise: noiseOf(shape, measures), tail: tailOf(measures) };
}

type Measures = NonNullable<TensorReport['measures']>;

/** The law of Marchenko and Pastur at the ranks of the curve, scaled so that it ends at the edge of the bulk. */
function noiseOf([rows, columns]: TensorReport['shape'], { bulkEdge, curve }: Measures): number[] | null {
  if (bulkEdge === null || !(bulkEdge > 0)) return null;
  const scale = bulkEdge / (Math.sqrt(rows) + Math.sqrt(columns));
  const expected = noiseEigenvalues(rows, columns);
  return curve.ranks.map((rank) => scale * Math.sqrt(expected[rank - 1] ?? 0));
}

/** A power law of λ is a straight line here: the k-th of n values from σ₀ on lies at σ₀ (n/k)^(1/(2(α−1))). */
function tailOf({ alpha, tail }: Measures): MatrixView['tail'] {
  if (alpha === null || tail === null || !(alpha.value > 1)) return null;
  const { start, count } = tail;
  return { ranks: [1, count], sigma: [start * count ** (1 / (2 * (alpha.value - 1))), start] };
}

/** Kinds whose inputs are as wide as the model. */
const READERS: readonly LayerKind[] = ['q', 'qkv', 'up', 'gate', 'gateUp', 'kv', 'k', 'v'];

/** Width of the model as its matrices show it, and by which; `undefined` when none tells. */
export function modelWidth(tensors: Iterable<TensorReport>): { width: number; name: string } | undefined {
  const all = [...tensors].filter(({ rank }) => rank === null);
  for (const kind of READERS) {
    const found = all.find((tensor) => tensor.kind === kind);
    if (found !== undefined) return { width: found.shape[1], name: found.name };
  }
  return undefined;
}
