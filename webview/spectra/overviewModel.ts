import type { AnalysisState, CheckpointView, SpectraWarning, TensorView } from '../../src/protocol/spectra';
import { formatBytes, formatCompact, formatStep } from '../shared/numbers';
import type { MatrixKey, SpectraData } from './data';
import { texts } from './texts';

export type Severity = SpectraWarning['severity'];

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** A finding with the matrix that it is about. */
export interface Finding {
  readonly key: MatrixKey;
  readonly severity: Severity;
  /** `layer 2, up`. */
  readonly place: string;
  readonly evidence: string;
  readonly advice: string;
}

/** The head of the panel as plain data. */
export interface Overview {
  readonly title: string;
  readonly state: AnalysisState;
  readonly path: string;
  /** `44 matrices · 12.3M parameters · 1 warning`. */
  readonly facts: readonly string[];
  /** Part of the bytes that is done, and in words; `null` when nothing runs. */
  readonly progress: { readonly share: number; readonly text: string } | null;
  /** What went wrong or is missing; empty when all is well. */
  readonly notice: {
    readonly text: string;
    readonly where: string;
    readonly action: 'begin' | 'goOn' | 'retry' | null;
  } | null;
  readonly findings: readonly Finding[];
}

/** What the head says of the checkpoint that is shown. */
export function overviewOf(data: SpectraData, shown: string): Overview | null {
  const checkpoint = data.checkpoint(shown);
  if (checkpoint === undefined) return null;
  const tensors = data.of(shown);
  const findings = findingsOf(shown, tensors);
  return {
    title: texts.overview.title(data.run?.name ?? checkpoint.label),
    state: checkpoint.state,
    path: checkpoint.path,
    facts: tensors.length === 0 ? [] : factsOf(tensors, findings),
    progress: progressOf(checkpoint),
    notice: noticeOf(data, checkpoint, tensors.length),
    findings,
  };
}

/** All findings of a checkpoint, the gravest first. */
export function findingsOf(path: string, tensors: readonly TensorView[]): Finding[] {
  const all = tensors.flatMap((tensor) =>
    tensor.findings.map(({ severity, evidence, advice }) => {
      return { key: { path, name: tensor.name }, severity, place: placeOf(tensor), evidence, advice };
    }),
  );
  return all.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Where a matrix is, in words. */
export function placeOf({ layer, kind, expert, name }: TensorView): string {
  const what = kind === 'other' ? name : texts.kinds[kind].short;
  const where = layer === null ? what : `${texts.map.cell(String(layer), what)}`;
  return expert === null ? where : `${where}, expert ${expert}`;
}

function factsOf(tensors: readonly TensorView[], findings: readonly Finding[]): string[] {
  const parameters = tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  const unmeasured = tensors.filter(({ measures }) => measures === null).length;
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [texts.overview.findings(count, severity)];
  });
  return [
    texts.overview.matrices(tensors.length),
    texts.overview.parameters(formatCompact(parameters)),
    ...(unmeasured > 0 ? [texts.overview.unmeasured(unmeasured)] : []),
    ...(counts.length > 0 ? counts : [texts.overview.fine]),
  ];
}

function progressOf({ state, done }: CheckpointView): Overview['progress'] {
  if (state === 'waiting') return { share: 0, text: texts.overview.waiting };
  if (state !== 'running') return null;
  if (done.ofBytes === 0) return { share: 0, text: '' };
  const matrices = `${formatStep(done.matrices)} / ${formatStep(done.ofMatrices)}`;
  const bytes = `${formatBytes(done.bytes)} / ${formatBytes(done.ofBytes)}`;
  return { share: done.bytes / done.ofBytes, text: texts.overview.progress(matrices, bytes) };
}

const QUANTISED = /quantis/i;
const OPTIMIZER = /optimizer state/;

function noticeOf(data: SpectraData, { path, state, fault, bytes }: CheckpointView, count: number): Overview['notice'] {
  if (state === 'failed') {
    const message = fault?.message ?? '';
    const file = fault?.file ?? '';
    const where = fault?.offset === null || fault === null ? file : texts.overview.at(file, formatStep(fault.offset));
    return { text: `${texts.overview.failed} ${message}`.trim(), where, action: 'retry' };
  }
  if (state === 'idle') {
    return { text: texts.overview.idle(bytes === null ? '' : formatBytes(bytes)), where: '', action: 'begin' };
  }
  if (state === 'cancelled') return { text: texts.overview.cancelled(count), where: '', action: 'goOn' };
  if (state !== 'done' || count > 0) return null;
  const reasons = data.facts.get(path)?.skipped.map(({ reason }) => reason) ?? [];
  const all = (pattern: RegExp): boolean => reasons.length > 0 && reasons.every((reason) => pattern.test(reason));
  const text = all(OPTIMIZER)
    ? texts.overview.optimizerOnly
    : reasons.some((reason) => QUANTISED.test(reason))
      ? texts.overview.quantised
      : texts.overview.nothing;
  return { text, where: '', action: null };
}
