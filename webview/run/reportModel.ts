import type { Issue } from '../../src/core/model';
import { KNOWN_LIMITS } from '../../src/core/report/knownLimits';
import type { ForecastView } from '../../src/protocol/panel';
import { formatLoss, formatNumber, formatRange, formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';

/** A fit report as rows of text. */
export interface ReportModel {
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly params: readonly ParamRow[];
  readonly residuals: { readonly steps: readonly number[]; readonly values: readonly number[]; readonly sd: number };
  readonly notes: readonly string[];
  readonly limits: readonly string[];
}

export interface ParamRow {
  readonly name: string;
  readonly meaning: string;
  readonly value: string;
  readonly interval: string;
  readonly unit: string;
  readonly from: string;
  readonly identified: boolean;
}

/** The report of a fit; `null` when there has been none. */
export function reportModel({ forecast, series }: ForecastView): ReportModel | null {
  if (forecast === null) return null;
  const { report } = forecast;
  const leftOut = report.pointsLeftOut.map(({ reason, count }) => `${formatStep(count)} ${reason}`).join(', ');
  const { iterations, starts } = report;
  const converged = report.converged ? texts.report.converged : texts.report.notConverged;
  const fact = (name: string, value: string): { name: string; value: string } => ({ name, value });
  return {
    facts: [
      fact(texts.report.law, texts.law(forecast.lawId)),
      fact(texts.report.series, series ?? ''),
      fact(texts.report.points, `${formatStep(report.pointsUsed)} ${texts.report.bins(formatStep(report.bins))}`),
      fact(texts.report.learntFrom, report.learntFrom.join(', ')),
      fact(texts.report.leftOut, leftOut || texts.report.nothing),
      fact(texts.report.lossFunction, report.lossFunction),
      fact(texts.report.optimizer, report.optimizer),
      fact(texts.report.convergence, converged(formatStep(iterations), formatStep(starts))),
      fact(texts.report.residualSd, texts.report.nats(formatLoss(report.residualSd, 2))),
      fact(texts.report.noise, texts.report.nats(formatLoss(report.pointNoise, 2))),
    ].filter(({ value }) => value !== ''),
    params: forecast.params.map(({ name, value, low, high, unit, meaning, identified }) => ({
      name,
      meaning,
      value: formatNumber(value),
      interval: paramRange(low, high),
      unit,
      from: identified ? texts.report.identified : texts.report.prior,
      identified,
    })),
    residuals: { ...report.residuals, sd: report.residualSd },
    notes: report.notes,
    limits: KNOWN_LIMITS,
  };
}

function paramRange(low: number, high: number): string {
  const wide = Math.abs(high) >= 1e6 || Math.abs(high) < 1e-3 || !Number.isFinite(high - low);
  return wide ? `${formatNumber(low, 3)} – ${formatNumber(high, 3)}` : formatRange([low, high]);
}

export interface IssueRow {
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly file: string;
}

export function issueRows(issues: readonly Issue[]): IssueRow[] {
  return issues.map(({ code, message, file, offset }) => {
    const name = file.split(/[\\/]/).at(-1) ?? file;
    return { code, message, file, place: offset === null ? name : texts.issues.at(name, formatStep(offset)) };
  });
}
