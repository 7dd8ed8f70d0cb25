import type { Estimate, Forecast } from '../forecast/forecast';
import type { ExplainedWarning } from '../warnings/explain';
import { SEVERITIES } from '../warnings/warning';
import { formatInterval, formatRange } from './interval';
import { formatLoss, formatNumber, formatPercent, formatStep, UNKNOWN } from './numbers';
import type { RunReport } from './runReport';

/** Warnings that a report lists. */
const MAX_WARNINGS = 20;

/** What a written report is about. */
export interface ReportSubject {
  readonly name: string;
  readonly series: string;
  readonly forecast: Forecast;
  readonly report: RunReport;
}

/**
 * The report as Markdown: the same facts as its JSON, without the single residuals, and a digest of the warnings of the run
 * where they are given. Text of the log is escaped.
 */
export function reportMarkdown(
  { name, series, forecast, report }: ReportSubject,
  warnings?: readonly ExplainedWarning[],
): string {
  const { seen, finalStep, finalLoss, refused } = forecast;
  const lines = [
    `# Forecast of ${escaped(name)}`,
    '',
    `${escaped(series)}, ${formatStep(seen.points)} points up to step ${formatStep(seen.step)} of ${formatStep(finalStep)} (${formatPercent(seen.fraction)}).`,
    '',
    finalLoss === null
      ? `**No forecast.** ${escaped(refused?.reason ?? '')}`
      : `**Final loss ${interval(finalLoss)}** (80 %); 95 %: ${formatRange(finalLoss.interval95)}.`,
    ...(refused === null || finalLoss === null ? [] : ['', escaped(refused.reason)]),
    ...dataLines(report),
    ...fitLines(report),
    ...paramLines(report),
    ...residualLines(report),
    ...backTestLines(report),
    ...sensitivityLines(report, finalLoss),
    ...(warnings === undefined ? [] : warningTable(warnings)),
    ...list('Notes', report.notes),
    ...list('Known limits', report.limits),
    '',
  ];
  return `${lines.join('\n')}`;
}

function dataLines({ data, pointsUsed, pointsLeftOut, bins }: RunReport): string[] {
  const leftOut = pointsLeftOut.map(({ reason, count }) => `${formatStep(count)} ${reason}`).join('; ') || 'none';
  return table('Data', [
    ['steps logged', `${formatStep(data.firstStep)} – ${formatStep(data.lastStep)}`],
    [
      'steps used',
      data.used === null ? UNKNOWN : `${formatStep(Math.floor(data.used[0]))} – ${formatStep(Math.ceil(data.used[1]))}`,
    ],
    ['points used', `${formatStep(pointsUsed)} in ${bins} bins`],
    ['points left out', leftOut],
    [
      'learning rate',
      data.learningRate.peak === null
        ? 'unknown'
        : `${data.learningRate.knots} knots, peak ${formatNumber(data.learningRate.peak)}`,
    ],
  ]);
}

function fitLines({ law, prior, lossFunction, optimizer, starts, iterations, converged }: RunReport): string[] {
  const basis =
    prior.learntFrom.length > 0 ? `${prior.basis}: ${prior.learntFrom.join(', ')}` : (prior.basis ?? UNKNOWN);
  return table('Fit', [
    ['law', `${law.title} (${law.id})`],
    ['formula', `\`${law.formula}\``],
    ['source', law.source],
    ...law.fixed.map(({ name, value, meaning }): [string, string] => [
      `${name}, fixed`,
      `${formatNumber(value)} (${meaning})`,
    ]),
    ['loss function', lossFunction],
    ['optimizer', optimizer],
    ['starts', `${starts}`],
    ['iterations', `${iterations}, ${converged ? 'converged' : 'stopped at the limit'}`],
    ['prior', escaped(basis)],
  ]);
}

function paramLines({ params }: RunReport): string[] {
  if (params.length === 0) return [];
  const bound = (value: number | null, none: string): string => (value === null ? none : formatNumber(value));
  return [
    ...head('Parameters', ['name', 'value', '95 % interval', 'unit', 'bounds', 'determined by', 'meaning']),
    ...params.map(({ name, value, low, high, unit, bounds, identified, meaning }) =>
      row([
        name,
        formatNumber(value),
        `${formatNumber(low)} – ${formatNumber(high)}`,
        unit,
        `${bound(bounds[0], '−∞')} to ${bound(bounds[1], '∞')}`,
        identified ? 'this run' : 'prior',
        meaning,
      ]),
    ),
  ];
}

function residualLines({ residualSd, pointNoise, residuals }: RunReport): string[] {
  return table('Residuals', [
    ['spread of the bins', `${formatNumber(residualSd)} nats`],
    ['noise of one point', `${formatNumber(pointNoise)} nats`],
    ['largest', residuals.largest === null ? UNKNOWN : `${formatNumber(residuals.largest)} nats`],
    [
      'correlation of neighbours',
      residuals.neighbourCorrelation === null ? UNKNOWN : formatNumber(residuals.neighbourCorrelation, 2),
    ],
  ]);
}

function backTestLines({ backTest }: RunReport): string[] {
  if (backTest.length === 0) return [];
  return [
    ...head('Back-test', ['seen', 'said of the newest tenth', 'measured', 'error', 'inside 80 %', 'final loss said']),
    ...backTest.map(({ step, share, said, measured, error, inside80, finalLoss, refused }) =>
      row([
        `${formatStep(step)} (${formatPercent(share)})`,
        said === null ? `refused: ${refused ?? ''}` : interval(said),
        formatLoss(measured),
        error === null ? UNKNOWN : `${error < 0 ? '−' : '+'}${(100 * Math.abs(error)).toFixed(2)} %`,
        inside80 === null ? UNKNOWN : inside80 ? 'yes' : 'no',
        finalLoss === null ? UNKNOWN : interval(finalLoss),
      ]),
    ),
  ];
}

function sensitivityLines({ sensitivity }: RunReport, finalLoss: Estimate | null): string[] {
  if (sensitivity.length === 0 || finalLoss === null) return [];
  return [
    ...head('Sensitivity', ['left out', 'final loss', 'change']),
    ...sensitivity.map(({ leftOut, finalLoss: without }) =>
      row([
        leftOut,
        without === null ? 'refused' : formatLoss(without),
        without === null ? UNKNOWN : `${(100 * (without / finalLoss.value - 1)).toFixed(2)} %`,
      ]),
    ),
  ];
}

function table(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return [...head(title, ['', '']), ...rows.map(row)];
}

function head(title: string, columns: readonly string[]): string[] {
  return ['', `## ${title}`, '', row(columns), row(columns.map(() => '---'))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The worst first, each with its evidence; advice and papers stand with the warnings themselves. */
function warningTable(warnings: readonly ExplainedWarning[]): string[] {
  if (warnings.length === 0) return ['', '## Warnings', '', 'None.'];
  const ordered = SEVERITIES.flatMap((severity) => warnings.filter((warning) => warning.severity === severity));
  const rows = ordered.slice(0, MAX_WARNINGS).map(({ severity, title, step, until, evidence }) => {
    const steps = until === null ? formatStep(step) : `${formatStep(step)} – ${formatStep(until)}`;
    return row([severity, title, steps, escaped(evidence.text)]);
  });
  const more = ordered.length - rows.length;
  const rest = more > 0 ? ['', `${more} more are not listed.`] : [];
  return [...head('Warnings', ['severity', 'what', 'steps', 'evidence']), ...rows, ...rest];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `## ${title}`, '', ...items.map((item) => `- ${escaped(item)}`)];
}

function interval({ value, interval80 }: Estimate): string {
  return formatInterval({ value, interval: interval80 });
}

/** Names of runs and series come from files: nothing in them may become markup. */
function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>#]/g, '\\$&');
}
