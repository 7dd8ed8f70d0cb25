import type { Estimate, Forecast } from '../../src/core/forecast/forecast';
import { formatDuration } from '../../src/core/report/time';
import type { ForecastView, ReportView } from '../../src/protocol/panel';
import type { RunView } from '../../src/protocol/run';
import {
  formatChange,
  formatInterval,
  formatLoss,
  formatPercent,
  formatRange,
  formatStep,
  intervalParts,
} from '../shared/numbers';
import { texts } from '../shared/texts';
import { sayingsOfFinished } from './backTestModel';

/** What the panel says first. */
export interface HeaderModel {
  readonly name: string;
  readonly format: string;
  readonly guessed: boolean;
  readonly state: { readonly key: string; readonly label: string; readonly title: string };
  /** Share of the plan that is done; `null` without a plan. */
  readonly progress: number | null;
  readonly progressText: string;
  readonly etaText: string;
  readonly headline: Headline;
  /** Figures beside the headline. */
  readonly figures: readonly Figure[];
  /** A fit is under way while an older forecast is shown. */
  readonly fitting: boolean;
  readonly notice: string;
}

export type HeadlineKind = 'forecast' | 'final' | 'fitting' | 'waiting' | 'form' | 'refused' | 'failed' | 'diverged';

/** The one number of a run, or why there is none. */
export interface Headline {
  readonly kind: HeadlineKind;
  readonly title: string;
  /** Empty where there is no number. */
  readonly value: string;
  readonly spread: string;
  /** First line under the number. */
  readonly sub: string;
  /** Small print. */
  readonly detail: string;
  /** Why there is no forecast. */
  readonly reason: string;
  /** The number comes from a law that cannot be trusted here. */
  readonly doubtful: boolean;
}

export interface Figure {
  readonly title: string;
  readonly value: string;
  readonly sub: string;
}

export interface HeaderInput {
  readonly run: RunView;
  readonly forecast: ForecastView;
  /** Smoothed loss at the newest point of the run; `null` where it is not known. */
  readonly smoothed: number | null;
  /** Step from which on no loss was finite; `null` where the newest one is. */
  readonly brokenAt: number | null;
  /** The report of a finished run; `null` before it is there. */
  readonly report: ReportView | null;
  /** Clock time in milliseconds. */
  readonly now: number;
}

const NOTHING = { value: '', spread: '', sub: '', detail: '', reason: '', doubtful: false };

export function headerModel(input: HeaderInput): HeaderModel {
  const { run, forecast } = input;
  const { summary } = run;
  const unit = texts.units[summary.stepUnit];
  const total = summary.totalSteps;
  const progress = summary.step === null || total === null || total <= 0 ? null : Math.min(1, summary.step / total);
  const headline = headlineOf(input, unit);
  const live = summary.state === 'live';
  return {
    name: summary.name,
    format: summary.format,
    guessed: summary.guessed,
    state: { key: summary.state, ...texts.states[summary.state] },
    progress,
    progressText: progressText(summary.step, total, { unit, progress }),
    etaText: live && run.etaMs !== null && progress !== 1 ? texts.header.eta(formatDuration(run.etaMs)) : '',
    headline,
    figures: figuresOf(input, headline),
    fitting: forecast.status === 'fitting' && headline.kind !== 'fitting',
    notice:
      summary.state === 'stalled'
        ? texts.notice.stalled(formatDuration(Math.max(0, input.now - summary.changedAt)))
        : '',
  };
}

function progressText(
  step: number | null,
  total: number | null,
  { unit, progress }: { unit: string; progress: number | null },
): string {
  if (step === null) return texts.header.noSteps;
  if (total === null) return texts.header.step(formatStep(step), unit);
  return `${texts.header.stepOf(formatStep(step), formatStep(total), unit)} · ${formatPercent(progress)}`;
}

function headlineOf(input: HeaderInput, unit: string): Headline {
  const { run, forecast } = input;
  const fit = forecast.forecast;
  const refused = refusalOf(forecast);
  if (run.summary.state === 'diverged' || refused?.code === 'diverged') return diverged(input, unit);
  if (run.missing.length > 0) {
    return { ...NOTHING, kind: 'form', title: texts.headline.forecast, detail: standInText(fit) };
  }
  if (run.summary.state === 'finished' || refused?.code === 'finished') return finished(input, unit);
  if (refused !== null) return refusedHeadline(fit, refused.reason);
  if (forecast.status === 'failed') {
    const reason = forecast.message || texts.headline.failedWhy;
    return { ...NOTHING, kind: 'failed', title: texts.headline.failed, reason };
  }
  if (fit?.finalLoss) return trusted(fit, fit.finalLoss, unit);
  if (forecast.status === 'fitting') {
    return { ...NOTHING, kind: 'fitting', title: texts.headline.forecast, value: '…', sub: texts.headline.fitting };
  }
  const reason = forecast.message || texts.headline.waitingWhy;
  return { ...NOTHING, kind: 'waiting', title: texts.headline.waiting, reason };
}

/** What a law says that needs less of the plan. */
function standInText(fit: Forecast | null): string {
  if (!fit?.finalLoss) return '';
  const { value, interval80 } = fit.finalLoss;
  return texts.headline.standIn(texts.law(fit.lawId), formatInterval({ value, interval: interval80 }));
}

/** The refusal of a forecast, whichever way it is told. */
export function refusalOf(forecast: ForecastView): { readonly code: string; readonly reason: string } | null {
  if (forecast.forecast?.refused) return forecast.forecast.refused;
  if (forecast.status !== 'refused') return null;
  return { code: 'refused', reason: forecast.message || texts.headline.refusedWhy };
}

function trusted(fit: Forecast, estimate: Estimate, unit: string): Headline {
  const { value, spread } = intervalParts({ value: estimate.value, interval: estimate.interval80 });
  const share = formatPercent(fit.seen.fraction);
  return {
    ...NOTHING,
    kind: 'forecast',
    title: texts.headline.forecast,
    value,
    spread,
    sub: texts.headline.forecastAt(formatStep(fit.finalStep), unit),
    detail: [
      texts.headline.interval95(formatRange(estimate.interval95)),
      texts.headline.byLaw(texts.law(fit.lawId)),
      texts.headline.from(formatStep(fit.seen.points), share),
    ].join(' · '),
  };
}

function refusedHeadline(fit: Forecast | null, reason: string): Headline {
  const base: Headline = { ...NOTHING, kind: 'refused', title: texts.headline.refused, reason };
  if (!fit?.finalLoss) return base;
  const { value, spread } = intervalParts({ value: fit.finalLoss.value, interval: fit.finalLoss.interval80 });
  return { ...base, value, spread, doubtful: true, sub: texts.headline.fallback(texts.law(fit.lawId)) };
}

function finished({ run, forecast, smoothed }: HeaderInput, unit: string): Headline {
  const outcome = smoothed ?? run.summary.loss;
  const base: Headline = {
    ...NOTHING,
    kind: 'final',
    title: texts.headline.final,
    value: formatLoss(outcome),
    sub: texts.headline.finalAt(unit, formatStep(run.summary.step)),
  };
  const estimate = forecast.forecast?.finalLoss;
  const fraction = forecast.forecast?.seen.fraction ?? 1;
  if (!estimate || outcome === null) return base;
  const text = formatInterval({ value: estimate.value, interval: estimate.interval80 });
  if (fraction > 0.995) return { ...base, detail: texts.headline.lawSays(text) };
  const inside = ([low, high]: readonly [number, number]): boolean => outcome >= low && outcome <= high;
  const verdict = inside(estimate.interval80)
    ? texts.headline.within80
    : inside(estimate.interval95)
      ? texts.headline.within95
      : texts.headline.outside;
  return { ...base, detail: `${texts.headline.forecastWas(text, formatPercent(fraction))} ${verdict}` };
}

function diverged({ run, forecast, brokenAt }: HeaderInput, unit: string): Headline {
  const refused = refusalOf(forecast);
  const broken = texts.headline.divergedAt(unit, formatStep(brokenAt ?? run.summary.step));
  const { loss } = run.summary;
  return {
    ...NOTHING,
    kind: 'diverged',
    title: texts.headline.diverged,
    reason: refused?.code === 'diverged' ? refused.reason : broken,
    detail: loss === null ? '' : texts.headline.lastFinite(formatLoss(loss)),
  };
}

function figuresOf({ run, forecast, smoothed, report }: HeaderInput, headline: Headline): Figure[] {
  const best = bestFigure(run);
  if (headline.kind === 'final') {
    const said = sayingsOfFinished(report, smoothed ?? run.summary.loss).map(({ share, value, sub }) => ({
      title: texts.backTest.said(formatPercent(share)),
      value,
      sub,
    }));
    return [...said, ...best];
  }
  if (run.summary.loss === null || headline.kind === 'diverged') return best;
  const present = smoothed ?? run.summary.loss;
  const sub = smoothed === null ? texts.headline.nowRaw : texts.headline.nowSmoothed;
  const figures: Figure[] = [{ title: texts.headline.now, value: formatLoss(present), sub }];
  const target = forecast.forecast?.finalLoss?.value;
  if (headline.kind !== 'forecast' || target === undefined || !(present > 0)) return [...figures, ...best];
  const change = target - present;
  figures.push({
    title: change <= 0 ? texts.headline.toGo : texts.headline.rise,
    value: change <= 0 ? formatLoss(-change, 3) : formatChange(change),
    sub: remainingText(forecast.forecast) || texts.headline.toGoShare(formatPercent(Math.abs(change) / present)),
  });
  return [...figures, ...validationFigure(forecast), ...best];
}

/** How the validation loss ends, where the forecast is of the training loss. */
function validationFigure({ validation }: ForecastView): Figure[] {
  if (validation === null) return [];
  const value = formatInterval({ value: validation.value, interval: validation.interval80 });
  return [{ title: texts.headline.validation, value, sub: texts.headline.interval80 }];
}

/** The best run before this one, and whether it will be beaten. */
function bestFigure({ best }: RunView): Figure[] {
  if (best === null) return [];
  const { name, loss, chance } = best;
  const chanceText = chance === null ? '' : texts.headline.chance(formatPercent(chance));
  return [
    {
      title: texts.headline.best,
      value: formatLoss(loss),
      sub: [name, chanceText].filter((part) => part !== '').join('\n'),
    },
  ];
}

/** What the rest of the fall comes from; two lines. */
function remainingText(fit: Forecast | null): string {
  if (!fit?.remaining || !(fit.remaining.fromLowerLr > 0) || !(fit.remaining.fromMoreSteps > 0)) return '';
  const { fromMoreSteps, fromLowerLr } = fit.remaining;
  const lines = [
    texts.headline.fromSteps(formatLoss(fromMoreSteps, 2)),
    texts.headline.fromRate(formatLoss(fromLowerLr, 2)),
  ];
  return lines.join('\n');
}

/** The headline as one line of text, for the clipboard. */
export function copyText(run: RunView, forecast: ForecastView): string {
  const fit = forecast.forecast;
  if (!fit?.finalLoss) return '';
  const { value, interval80, interval95 } = fit.finalLoss;
  const parts = [
    `${run.summary.name}: final loss ${formatInterval({ value, interval: interval80 })} (80 %)`,
    `${formatRange(interval95)} (95 %)`,
    `${texts.units[run.summary.stepUnit]} ${fit.finalStep}`,
    texts.law(fit.lawId),
  ];
  const refused = refusalOf(forecast);
  if (refused !== null) parts.push(`not to be relied on: ${refused.reason}`);
  return parts.join(', ');
}
