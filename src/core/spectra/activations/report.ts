import { formatNumber, UNKNOWN } from '../../report/numbers';
import { type Column, tableLines, withError } from '../table';
import type { ActivationReport } from './activationReport';
import type { ActivationsReport } from './analyseActivations';
import { samplingOf } from './finiteSample';
import type { PrePost } from './prePost';

/** Eigenvalues that are printed. */
const PRINTED = 8;

/** An activation as the command line prints it: `null` where there is no measure. */
export function activationJson(report: ActivationReport): Record<string, unknown> {
  const { measures, eigenvalues, ...facts } = report;
  return {
    ...facts,
    sampling: samplingOf(report.count, report.columns),
    hardRank: measures?.hardRank ?? null,
    softRank: measures?.softRank ?? null,
    observed: measures?.observed ?? null,
    entropy: measures?.entropy ?? null,
    concentration: measures?.concentration ?? null,
    utilization: measures?.utilization?.value ?? null,
    eigenvalues: eigenvalues === null ? [] : [...eigenvalues.subarray(0, PRINTED)],
    errors: { utilization: measures?.utilization?.error ?? null },
  };
}

const COLUMNS: readonly Column<ActivationReport>[] = [
  ['activation', ({ name, where, group }) => [name, where, group].filter((part) => part !== null).join(' ')],
  ['step', ({ step }) => (step === null ? UNKNOWN : String(step))],
  ['vectors', ({ count }) => (count === null ? UNKNOWN : String(count))],
  ['of', ({ columns }) => (columns === null ? UNKNOWN : String(columns))],
  ['hard', ({ measures }) => withError(measures?.hardRank, 4)],
  ['soft', ({ measures }) => withError(measures?.softRank, 4)],
  ['util', ({ measures }) => measures?.utilization?.value.toFixed(3) ?? UNKNOWN],
  ['conc', ({ measures }) => measures?.concentration?.toFixed(3) ?? UNKNOWN],
  ['dead', ({ dead }) => (dead === null ? UNKNOWN : String(dead))],
  ['', ({ refused, count, columns }) => refused ?? (samplingOf(count, columns) === 'severe' ? 'few vectors' : '')],
];

const PAIR_COLUMNS: readonly Column<PrePost>[] = [
  ['layer', ({ layer }) => String(layer)],
  ['step', ({ step }) => (step === null ? UNKNOWN : String(step))],
  ['JS', ({ divergence }) => (divergence === null ? UNKNOWN : formatNumber(divergence, 3))],
  ['rank gain', ({ rankGain }) => formatNumber(rankGain, 3)],
];

/** Tables of the activations of the latest step, and of what lies before and behind each nonlinearity. */
export function activationLines({ activations, pairs }: ActivationsReport): string[] {
  const last = activations.at(-1)!.step;
  const isLast = ({ step }: { step: number | null }): boolean => step === last;
  const shownPairs = pairs.filter(isLast);
  const left = activations.length - activations.filter(isLast).length;
  return [
    ...tableLines(COLUMNS, activations.filter(isLast)),
    ...(shownPairs.length > 0 ? ['', ...tableLines(PAIR_COLUMNS, shownPairs)] : []),
    ...(left > 0 ? ['', `${left} more of earlier steps: --json lists them.`] : []),
  ];
}
