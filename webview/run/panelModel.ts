import { MAX_PANEL_POINTS } from '../../src/core/limits';
import type { PanelFacts, PanelView } from '../../src/protocol/panel';
import { formatInterval, formatLoss, formatRange, formatStep } from '../shared/numbers';
import type { AxisKind, UiState } from '../shared/state';
import { texts } from '../shared/texts';
import { type HeaderModel, headerModel, refusalOf } from './headerModel';
import { fullRange, rolesOf } from './plotModel';
import type { RunData } from './runData';
import { type StepAxis, stepAxis } from './stepAxis';
import type { Range } from './zoom';

/** What an automatic reader finds on the root of the panel. */
export interface RootFacts {
  readonly state: 'loading' | 'ready' | 'empty' | 'refused' | 'error';
  readonly run: string;
  readonly points: string;
  /** Forecast final loss; empty when there is none that can be trusted. */
  readonly forecast: string;
  readonly forecastStep: string;
}

/** Newest smoothed loss, or the newest loss of a series that is not smoothed. */
export function newestLoss(data: RunData): number | null {
  const { main, validation } = rolesOf(data);
  const points = main?.smooth ?? main?.raw ?? validation?.smooth ?? validation?.raw;
  return points?.at(-1)?.y ?? null;
}

/** The trusted forecast of the final loss. */
function trustedForecast(data: RunData): { value: number; step: number } | null {
  const view = data.forecast;
  const fit = view?.forecast ?? null;
  if (view === null || !fit?.finalLoss || refusalOf(view) !== null || (data.run?.missing.length ?? 0) > 0) return null;
  return { value: fit.finalLoss.value, step: fit.finalStep };
}

export function rootFacts(data: RunData, header: HeaderModel): RootFacts {
  const forecast = trustedForecast(data);
  return {
    state: rootState(header),
    run: data.run?.summary.id ?? '',
    points: String(data.points),
    forecast: forecast === null ? '' : String(forecast.value),
    forecastStep: forecast === null ? '' : String(forecast.step),
  };
}

function rootState({ headline }: HeaderModel): RootFacts['state'] {
  switch (headline.kind) {
    case 'refused':
    case 'diverged':
    case 'form':
      return 'refused';
    case 'failed':
      return 'error';
    default:
      return 'ready';
  }
}

/** What the panel tells the host once it is drawn. */
export function panelFacts(data: RunData): PanelFacts | null {
  if (data.run === null) return null;
  return { run: data.run.summary.id, points: data.points, forecast: trustedForecast(data)?.value ?? null };
}

/** The header of the held run; `null` before there is one. `smoothed` is the loss at the run's newest point. */
export function headerOf(data: RunData, smoothed: number | null, now: number): HeaderModel | null {
  if (data.run === null || data.forecast === null) return null;
  return headerModel({
    run: data.run,
    forecast: data.forecast,
    smoothed,
    brokenAt: brokenAt(data),
    report: data.report,
    now,
  });
}

/** First value that is not finite after the last finite one. */
function brokenAt(data: RunData): number | null {
  const { main, validation } = rolesOf(data);
  const series = main ?? validation;
  const last = series?.raw.at(-1)?.x ?? Number.NEGATIVE_INFINITY;
  return series?.nonFinite.find(({ step }) => step > last)?.step ?? null;
}

/** Axes of the lines that other runs counted. */
export function overlayAxes(data: RunData, kind: AxisKind): ReadonlyMap<string, StepAxis> {
  return new Map(data.overlays.map(({ key, axes }) => [key, stepAxis(kind, axes)]));
}

/** Room to drag the end of another schedule to the right. */
const WHAT_IF_ROOM = 1.05;

/** Steps that are visible: the zoomed part, as far as it lies in the run. */
export function visibleRange(data: RunData, ui: UiState): { visible: Range; full: Range } {
  const asks = ui.open.includes('what-if') && data.forecast?.forecast != null;
  const full = fullRange(data, ui.logX, asks && data.run?.summary.state !== 'finished' ? WHAT_IF_ROOM : 1);
  if (ui.window === null) return { visible: full, full };
  const from = Math.max(full[0], ui.window[0]);
  const to = Math.min(full[1], ui.window[1]);
  return { visible: to > from ? [from, to] : full, full };
}

/** Widths are rounded up to this, so that dragging a border does not ask for new data at every pixel. */
const WIDTH_STEP = 256;
const LEAST_POINTS = 512;

/** The view to ask for: two points per pixel. */
export function panelView(ui: UiState, run: string | null, width: number): PanelView {
  const wanted = 2 * Math.ceil(Math.max(1, width) / WIDTH_STEP) * WIDTH_STEP;
  return {
    run,
    series: ui.series,
    overlays: ui.overlays,
    smoothing: ui.smoothing,
    maxPoints: Math.min(MAX_PANEL_POINTS, Math.max(LEAST_POINTS, wanted)),
    window: ui.window,
  };
}

/** The panel in a sentence or two, for screen readers. */
export function summaryText(data: RunData, header: HeaderModel): string {
  const { summary } = texts;
  const progress = [header.progressText, header.etaText].filter((part) => part !== '').join(', ');
  const parts = [summary.run(header.name, header.state.label, progress)];
  const { headline } = header;
  const fit = data.forecast?.forecast;
  if (headline.kind === 'forecast' && fit?.finalLoss) {
    parts.push(summary.forecast(formatLoss(fit.finalLoss.value), formatRange(fit.finalLoss.interval80)));
  } else if (headline.kind === 'final') {
    parts.push(summary.final(headline.value));
  } else if (headline.kind === 'form') {
    parts.push(summary.none(texts.form.title));
  } else if (headline.reason !== '') {
    parts.push(summary.none(headline.reason));
  }
  return parts.join(' ');
}

/** The visible part in words. */
export function zoomText([from, to]: Range, axis: StepAxis): string {
  if (axis.kind !== 'step') return texts.toolbar.zoomed(axis.format(from), axis.format(to));
  const digits = Math.ceil(Math.log10(Math.max(Math.abs(from), Math.abs(to)) / (to - from))) + 3;
  const end = (step: number): string => formatStep(Number(step.toPrecision(Math.min(15, Math.max(3, digits)))));
  return texts.toolbar.zoomed(end(from), end(to));
}

/** The interval of the forecast in words, for the title of its number. */
export function forecastTitle(data: RunData): string {
  const estimate = data.forecast?.forecast?.finalLoss;
  if (!estimate) return '';
  return `${formatInterval({ value: estimate.value, interval: estimate.interval95 })} (95 %)`;
}
