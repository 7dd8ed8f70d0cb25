import { formatNumber, UNKNOWN } from '../report/numbers';
import type { CheckpointReport } from './analyseCheckpoint';
import type { TensorReport } from './analyseTensors';
import type { CheckpointComparison, MatrixComparison } from './compareCheckpoints';
import type { TopValueMatch } from './laws/matchTopValues';
import type { ModelLaws, RankLaw } from './laws/overModels';
import type { Estimate } from './spectrum';
import { type Column, tableLines, withError } from './table';

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

const REPORT_COLUMNS: readonly Column<TensorReport>[] = [
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
  ['', ({ refused }) => refused ?? ''],
];

const COMPARISON_COLUMNS: readonly Column<MatrixComparison>[] = [
  ['tensor', ({ name }) => name],
  ['σ1 ×', ({ spectralNormRatio }) => fixed(spectralNormRatio, 3)],
  ['norm ×', ({ frobeniusRatio }) => fixed(frobeniusRatio, 3)],
  ['hard ×', ({ hardRankRatio }) => fixed(hardRankRatio, 3)],
  ['soft ×', ({ softRankRatio }) => fixed(softRankRatio, 3)],
  ['turned left', ({ change }) => fixed(change?.leftRotation, 3)],
  ['turned right', ({ change }) => fixed(change?.rightRotation, 3)],
];

/** The table of all reports, the worst first: what has no measures, then the least used width. */
export function reportLines(reports: readonly TensorReport[]): string[] {
  return tableLines(
    REPORT_COLUMNS,
    [...reports].sort((a, b) => badness(a) - badness(b)),
  );
}

/** What has changed between two checkpoints, the furthest turned first. */
export function comparisonLines({ matrices, unmatched }: CheckpointComparison): string[] {
  const turned = ({ change }: MatrixComparison): number => change?.leftRotation ?? -1;
  const lines = tableLines(
    COMPARISON_COLUMNS,
    [...matrices].sort((a, b) => turned(b) - turned(a)),
  );
  return [...lines, ...unmatched.map((name) => `not in both: ${name}`)];
}

const RANK_LAW_COLUMNS: readonly Column<RankLaw>[] = [
  ['layers', ({ kind }) => kind],
  ['rank', ({ rank }) => (rank === 'softRank' ? 'soft' : 'hard')],
  ['widths', ({ widths }) => widths.join(', ')],
  ['exponent', ({ law }) => (law === null ? UNKNOWN : law.exponent.toFixed(2))],
  ['95 %', ({ law }) => (law === null ? 'needs 4 widths' : law.interval.map((end) => end.toFixed(2)).join(' to '))],
  ['R²', ({ law }) => fixed(law?.rSquared, 3)],
];

const TOP_VALUE_COLUMNS: readonly Column<TopValueMatch>[] = [
  ['σ1 beside the first', ({ kind }) => kind],
  ['layers', ({ layers }) => String(layers)],
  ['ratio', ({ ratio }) => fixed(ratio, 3)],
  ['exponent', ({ exponent }) => fixed(exponent ?? undefined, 2)],
  ['', ({ mismatch, decayFactor }) => (mismatch ? `off: weight decay × ${formatNumber(decayFactor, 3)}` : '')],
];

/** Tables of the laws over models, called `names` in the order in which they were given. */
export function lawLines({ ranks, topValues }: ModelLaws, names: readonly string[]): string[] {
  return [
    ...(ranks.length === 0 ? ['No layers of a known kind.'] : tableLines(RANK_LAW_COLUMNS, ranks)),
    ...topValues.flatMap(({ model, kinds }) => ['', names[model]!, ...tableLines(TOP_VALUE_COLUMNS, kinds)]),
  ];
}

/** The report of a checkpoint as a Markdown document. Names of tensors are code, whatever they contain. */
export function checkpointReportMarkdown(name: string, report: CheckpointReport): string {
  const { tensors, skipped, warnings } = report;
  const sorted = [...tensors].sort((a, b) => badness(a) - badness(b));
  const rows = sorted.map((tensor) =>
    REPORT_COLUMNS.map(([, cell], c) => (c === 0 ? code(cell(tensor)) : cell(tensor))),
  );
  const head = REPORT_COLUMNS.map(([title]) => title);
  const table = [head, head.map((_, c) => (c === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [
    `# Spectra of ${code(name)}`,
    '',
    `${tensors.length} matrices, the worst first. Values after ± are half of a 95 % interval.`,
    '',
    ...warnings.map(({ severity, tensor, evidence }) => `- ${severity}: ${code(tensor)}: ${evidence}`),
    ...(warnings.length > 0 ? [''] : []),
    ...table,
    '',
    ...(skipped.length > 0 ? ['## Left out', ''] : []),
    ...skipped.map((each) => `- ${code(each.name)}: ${each.reason}`),
    '',
  ].join('\n');
}

/** A code span that no character of the text can end, nor split a row of a table. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const inner = text.replace(/[\r\n|]/g, ' ');
  return longest > 0 ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}

/** What has no measures comes first, then the least used width. */
function badness({ measures }: TensorReport): number {
  return measures?.utilization.value ?? -1;
}

function digits(value: number | null | undefined, significant: number): string {
  return value === null || value === undefined ? UNKNOWN : formatNumber(value, significant);
}

function fixed(value: number | undefined, decimals: number): string {
  return value === undefined ? UNKNOWN : value.toFixed(decimals);
}
