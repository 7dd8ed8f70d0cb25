import { formatNumber, UNKNOWN } from '../report/numbers';
import type { TensorReport } from './analyseTensors';
import type { Estimate } from './spectrum';

/** A report as the command line prints it: `null` where there is no measure. */
export function tensorJson(report: TensorReport): Record<string, unknown> {
  const { name, file, shape, dtype, kind, layer, expert, aliases, rank, nonFinite, refused, measures } = report;
  return {
    name,
    file,
    shape,
    dtype,
    kind,
    layer,
    expert,
    aliases,
    rank,
    nonFinite,
    refused,
    method: measures?.method ?? null,
    hardRank: measures?.hardRank ?? null,
    softRank: measures?.softRank ?? null,
    concentration: numberOf(measures?.concentration),
    utilization: numberOf(measures?.utilization),
    stableRank: numberOf(measures?.stableRank),
    numericalRank: measures?.numericalRank ?? null,
    condition: measures?.condition ?? null,
    frobenius: measures?.frobenius ?? null,
    spectralNorm: measures?.spectralNorm ?? null,
    sigma: measures?.sigma ?? [],
    alpha: numberOf(measures?.alpha),
    alphaNoise: measures?.alphaNoise ?? null,
    alphaHill: numberOf(measures?.hill),
    alphaFarms: measures?.farms?.value ?? null,
    alphaFarmsNoise: measures?.farms?.noise ?? null,
    spikes: measures?.spikes ?? null,
    bulkEdge: measures?.bulkEdge ?? null,
    bulkSoftRank: measures?.bulkSoftRank ?? null,
    random: measures?.random ?? null,
    untouched: measures?.untouched ?? null,
    largestEntry: measures?.largestEntry ?? null,
    hardRankWithoutLargest: measures?.hardRankWithoutLargest ?? null,
    errors: {
      concentration: measures?.concentration.error ?? null,
      utilization: measures?.utilization.error ?? null,
      stableRank: measures?.stableRank.error ?? null,
      alpha: measures?.alpha?.error ?? null,
      alphaHill: measures?.hill?.error ?? null,
      alphaFarms: measures?.farms?.error ?? null,
    },
  };
}

function numberOf(estimate: Estimate | null | undefined): number | null {
  return estimate?.value ?? null;
}

/** Columns of the text table, each with its cell. */
const COLUMNS: readonly (readonly [title: string, cell: (report: TensorReport) => string])[] = [
  ['tensor', ({ name }) => name],
  ['shape', ({ shape }) => shape.join('×')],
  ['hard', ({ measures }) => withError(measures?.hardRank, 4)],
  ['soft', ({ measures }) => withError(measures?.softRank, 4)],
  ['util', ({ measures }) => fixed(measures?.utilization.value, 3)],
  ['conc', ({ measures }) => fixed(measures?.concentration.value, 3)],
  ['stable', ({ measures }) => digits(measures?.stableRank.value, 4)],
  ['σ1', ({ measures }) => withError(measures?.spectralNorm, 4)],
  ['α', ({ measures }) => digits(measures?.alpha?.value, 3)],
  ['α farms', ({ measures }) => digits(measures?.farms?.value, 3)],
  ['spikes', ({ measures }) => digits(measures?.spikes, 6)],
];

/** The table of all reports, the worst first: what has no measures, then the least used width. */
export function reportLines(reports: readonly TensorReport[]): string[] {
  const badness = ({ measures }: TensorReport): number => measures?.utilization.value ?? -1;
  const sorted = [...reports].sort((a, b) => badness(a) - badness(b));
  const rows = [COLUMNS.map(([title]) => title), ...sorted.map((report) => COLUMNS.map(([, cell]) => cell(report)))];
  const widths = COLUMNS.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '),
  );
  return sorted.reduce<string[]>(
    (all, { refused }, i) => {
      all.push(refused === null ? lines[i + 1]! : `${lines[i + 1]!}  ${refused}`);
      return all;
    },
    lines.slice(0, 1),
  );
}

function withError(estimate: Estimate | null | undefined, significant: number): string {
  if (estimate === null || estimate === undefined) return UNKNOWN;
  const text = formatNumber(estimate.value, significant);
  const { error } = estimate;
  const shown = error !== null && error >= Math.abs(estimate.value) * 10 ** -significant;
  return shown ? `${text} ± ${formatNumber(error, 2)}` : text;
}

function digits(value: number | null | undefined, significant: number): string {
  return value === null || value === undefined ? UNKNOWN : formatNumber(value, significant);
}

function fixed(value: number | undefined, decimals: number): string {
  return value === undefined ? UNKNOWN : value.toFixed(decimals);
}
