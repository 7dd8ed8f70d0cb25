import { citationUrl } from '../citation';
import { neighbourCorrelation } from '../fit/noise';
import type { Forecast, ForecastInput } from '../forecast/forecast';
import { type Hindsight, hindsight, type Sensitivity, sensitivity } from '../forecast/hindsight';
import type { ForecastWithFit } from '../forecast/lawForecast';
import type { ForecastOptions } from '../forecast/options';
import { lawById } from '../laws/registry';
import { KNOWN_LIMITS } from './knownLimits';

/** A parameter with the bounds it was searched in; an infinite bound is `null`. */
export type ReportedParam = Forecast['params'][number] & { readonly bounds: readonly [number | null, number | null] };

/**
 * Everything a reader needs to judge a forecast: the checklist of "(Mis)Fitting" (arXiv 2502.18969), for the fit of one
 * run. Plain JSON: what is not known is `null`.
 */
export interface RunReport extends Omit<Forecast['report'], 'residuals'> {
  /** The law: what is fitted. */
  readonly law: {
    readonly id: string;
    readonly title: string;
    readonly formula: string;
    readonly source: string;
    /** Constants that are not fitted. */
    readonly fixed: readonly { readonly name: string; readonly value: number; readonly meaning: string }[];
  };
  /** What it was fitted to. */
  readonly data: {
    readonly firstStep: number | null;
    readonly lastStep: number | null;
    readonly finalStep: number;
    readonly points: number;
    readonly nonFinite: number;
    /** Oldest and newest step that was used. */
    readonly used: readonly [number, number] | null;
    readonly learningRate: { readonly knots: number; readonly peak: number | null };
  };
  /** Where the fit starts, and what it leans on: public runs, the user's own, or nothing. */
  readonly prior: { readonly basis: string | null; readonly learntFrom: readonly string[] };
  readonly params: readonly ReportedParam[];
  readonly residuals: Forecast['report']['residuals'] & {
    /** Largest absolute residual, nats, and the correlation of neighbours. */
    readonly largest: number | null;
    readonly neighbourCorrelation: number | null;
  };
  readonly interval: { readonly level80: number | null; readonly level95: number | null };
  readonly backTest: readonly Hindsight[];
  readonly sensitivity: readonly Sensitivity[];
  readonly limits: readonly string[];
}

/** The report of a forecast and what it was made from: twelve further fits. */
export function runReport(
  { forecast, fitted }: ForecastWithFit,
  input: ForecastInput,
  options: ForecastOptions = {},
): RunReport {
  const { report, params, lawId } = forecast;
  const law = lawById(lawId)!;
  return {
    ...report,
    law: {
      id: law.id,
      title: law.title,
      formula: law.formula,
      source: `${law.cite.authors} ${law.cite.year}, ${law.cite.title}, ${citationUrl(law.cite)}`,
      fixed: law.settings.map(({ name, meaning, standard }, k) => ({
        name,
        value: fitted?.settings[k] ?? standard,
        meaning,
      })),
    },
    data: dataOf({ forecast, fitted }, input),
    prior: { basis: fitted?.basis ?? null, learntFrom: report.learntFrom },
    params: params.map((param, a) => ({ ...param, bounds: [bound(law.params[a]!.low), bound(law.params[a]!.high)] })),
    residuals: { ...report.residuals, ...residualStatistics(report.residuals.values) },
    interval: { level80: fitted?.halfWidths.of80 ?? null, level95: fitted?.halfWidths.of95 ?? null },
    backTest: hindsight(input, options),
    sensitivity: fitted === null ? [] : sensitivity(input, options),
    limits: KNOWN_LIMITS,
  };
}

function dataOf({ forecast, fitted }: ForecastWithFit, { steps, losses, lr }: ForecastInput): RunReport['data'] {
  let nonFinite = 0;
  for (const loss of losses) if (!Number.isFinite(loss)) nonFinite++;
  return {
    firstStep: steps[0] ?? null,
    lastStep: steps[steps.length - 1] ?? null,
    finalStep: forecast.finalStep,
    points: forecast.seen.points,
    nonFinite,
    used: fitted === null ? null : [fitted.oldest, fitted.newest],
    learningRate: {
      knots: lr.steps.length,
      peak: lr.steps.length === 0 || fitted === null ? null : fitted.path.peakLr,
    },
  };
}

function residualStatistics(values: readonly number[]): {
  largest: number | null;
  neighbourCorrelation: number | null;
} {
  if (values.length < 3) return { largest: null, neighbourCorrelation: null };
  const correlation = neighbourCorrelation(Float64Array.from(values));
  return { largest: Math.max(...values.map(Math.abs)), neighbourCorrelation: correlation };
}

function bound(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
