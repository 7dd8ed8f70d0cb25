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

/** A cell of a table: plain text, or text that is set as code. */
export type Cell = string | { readonly code: string };

/** A part of a report: a table, with the head of its columns where they need one, or a list. */
export interface ReportSection {
  readonly title: string;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly items?: readonly string[];
}

/** A report in words and numbers, to be written in some markup. Every text is plain: names come from files. */
export interface ReportDocument {
  readonly title: string;
  readonly data: string;
  /** The answer, and what stands behind it in lighter type. */
  readonly answer: { readonly strong: string; readonly rest: string };
  /** Why the answer is not to be trusted; empty when it is. */
  readonly doubt: string;
  readonly sections: readonly ReportSection[];
}

/**
 * The facts of a report's JSON without the single residuals, and a digest of the warnings of the run where they are given;
 * sections with nothing to say are left out.
 */
export function reportDocument(
  { name, series, forecast, report }: ReportSubject,
  warnings?: readonly ExplainedWarning[],
): ReportDocument {
  const { seen, finalStep, finalLoss, refused } = forecast;
  const points = `${formatStep(seen.points)} points up to step ${formatStep(seen.step)} of ${formatStep(finalStep)}`;
  const sections = [
    ...(warnings === undefined ? [] : [warningSection(warnings)]),
    dataSection(report),
    fitSection(report),
    paramSection(report),
    residualSection(report),
    backTestSection(report),
    sensitivitySection(report, finalLoss),
    { title: 'Notes', items: report.notes },
    { title: 'Known limits', items: report.limits },
  ];
  return {
    title: `Forecast of ${name}`,
    data: `${series}, ${points} (${formatPercent(seen.fraction)}).`,
    answer:
      finalLoss === null
        ? { strong: 'No forecast.', rest: refused?.reason ?? '' }
        : { strong: `Final loss ${interval(finalLoss)}`, rest: `(80 %); 95 %: ${formatRange(finalLoss.interval95)}.` },
    doubt: finalLoss === null ? '' : (refused?.reason ?? ''),
    sections: sections.filter(({ rows = [], items = [] }: ReportSection) => rows.length + items.length > 0),
  };
}

/** The worst first, each with its evidence; advice and papers stand with the warnings themselves. */
function warningSection(warnings: readonly ExplainedWarning[]): ReportSection {
  if (warnings.length === 0) return { title: 'Warnings', items: ['None.'] };
  const ordered = SEVERITIES.flatMap((severity) => warnings.filter((warning) => warning.severity === severity));
  const more = ordered.length - MAX_WARNINGS;
  return {
    title: 'Warnings',
    columns: ['severity', 'what', 'steps', 'evidence'],
    rows: ordered
      .slice(0, MAX_WARNINGS)
      .map(({ severity, title, step, until, evidence }) => [
        severity,
        title,
        until === null ? formatStep(step) : `${formatStep(step)} – ${formatStep(until)}`,
        evidence.text,
      ]),
    items: more > 0 ? [`${more} more are not listed.`] : [],
  };
}

function dataSection({ data, pointsUsed, pointsLeftOut, bins }: RunReport): ReportSection {
  const { used, learningRate } = data;
  const leftOut = pointsLeftOut.map(({ reason, count }) => `${formatStep(count)} ${reason}`).join('; ') || 'none';
  const knots = `${learningRate.knots} knots, peak ${formatNumber(learningRate.peak ?? Number.NaN)}`;
  return {
    title: 'Data',
    rows: [
      ['steps logged', `${formatStep(data.firstStep)} – ${formatStep(data.lastStep)}`],
      [
        'steps used',
        used === null ? UNKNOWN : `${formatStep(Math.floor(used[0]))} – ${formatStep(Math.ceil(used[1]))}`,
      ],
      ['points used', `${formatStep(pointsUsed)} in ${bins} bins`],
      ['points left out', leftOut],
      ['learning rate', learningRate.peak === null ? 'unknown' : knots],
    ],
  };
}

function fitSection({ law, prior, lossFunction, optimizer, starts, iterations, converged }: RunReport): ReportSection {
  const basis =
    prior.learntFrom.length > 0 ? `${prior.basis}: ${prior.learntFrom.join(', ')}` : (prior.basis ?? UNKNOWN);
  return {
    title: 'Fit',
    rows: [
      ['law', `${law.title} (${law.id})`],
      ['formula', { code: law.formula }],
      ['source', law.source],
      ...law.fixed.map(({ name, value, meaning }) => [`${name}, fixed`, `${formatNumber(value)} (${meaning})`]),
      ['loss function', lossFunction],
      ['optimizer', optimizer],
      ['starts', `${starts}`],
      ['iterations', `${iterations}, ${converged ? 'converged' : 'stopped at the limit'}`],
      ['prior', basis],
    ],
  };
}

function paramSection({ params }: RunReport): ReportSection {
  const bound = (value: number | null, none: string): string => (value === null ? none : formatNumber(value));
  return {
    title: 'Parameters',
    columns: ['name', 'value', '95 % interval', 'unit', 'bounds', 'determined by', 'meaning'],
    rows: params.map(({ name, value, low, high, unit, bounds, identified, meaning }) => [
      name,
      formatNumber(value),
      `${formatNumber(low)} – ${formatNumber(high)}`,
      unit,
      `${bound(bounds[0], '−∞')} to ${bound(bounds[1], '∞')}`,
      identified ? 'this run' : 'prior',
      meaning,
    ]),
  };
}

function residualSection({ residualSd, pointNoise, residuals }: RunReport): ReportSection {
  const { largest, neighbourCorrelation } = residuals;
  return {
    title: 'Residuals',
    rows: [
      ['spread of the bins', `${formatNumber(residualSd)} nats`],
      ['noise of one point', `${formatNumber(pointNoise)} nats`],
      ['largest', largest === null ? UNKNOWN : `${formatNumber(largest)} nats`],
      ['correlation of neighbours', neighbourCorrelation === null ? UNKNOWN : formatNumber(neighbourCorrelation, 2)],
    ],
  };
}

function backTestSection({ backTest }: RunReport): ReportSection {
  return {
    title: 'Back-test',
    columns: ['seen', 'said of the newest tenth', 'measured', 'error', 'inside 80 %', 'final loss said'],
    rows: backTest.map(({ step, share, said, measured, error, inside80, finalLoss, refused }) => [
      `${formatStep(step)} (${formatPercent(share)})`,
      said === null ? `refused: ${refused ?? ''}` : interval(said),
      formatLoss(measured),
      error === null ? UNKNOWN : `${error < 0 ? '−' : '+'}${(100 * Math.abs(error)).toFixed(2)} %`,
      inside80 === null ? UNKNOWN : inside80 ? 'yes' : 'no',
      finalLoss === null ? UNKNOWN : interval(finalLoss),
    ]),
  };
}

function sensitivitySection({ sensitivity }: RunReport, finalLoss: Estimate | null): ReportSection {
  const change = (without: number | null): string =>
    without === null || finalLoss === null ? UNKNOWN : `${(100 * (without / finalLoss.value - 1)).toFixed(2)} %`;
  return {
    title: 'Sensitivity',
    columns: ['left out', 'final loss', 'change'],
    rows: (finalLoss === null ? [] : sensitivity).map(({ leftOut, finalLoss: without }) => [
      leftOut,
      without === null ? 'refused' : formatLoss(without),
      change(without),
    ]),
  };
}

function interval({ value, interval80 }: Estimate): string {
  return formatInterval({ value, interval: interval80 });
}
