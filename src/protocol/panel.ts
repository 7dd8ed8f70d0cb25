import type { WhatIfQuestion, WhatIfReply } from '../core/answers/question';
import type { Estimate, Forecast } from '../core/forecast/forecast';
import type { PlanFacts, RunId, SeriesName } from '../core/model';
import type { RunReport } from '../core/report/runReport';
import type { RunView } from './run';
import type { OverlaySnapshot, RunListing, SeriesAppend, SeriesListing, SeriesSnapshot } from './series';

export type { SimpleSchedule, WhatIfQuestion, WhatIfReply } from '../core/answers/question';

/** What a run panel wants to see. */
export interface PanelView {
  /** `null`: the run that changed last. */
  readonly run: RunId | null;
  /** Series to draw beside the loss, the validation loss and the learning rate. */
  readonly series: readonly SeriesName[];
  /** Other runs whose loss is drawn too. */
  readonly overlays: readonly RunId[];
  /** Weight of the past in the moving average, [0, 1): 0 is off. */
  readonly smoothing: number;
  /** Points per series that the panel can use: about twice its width in pixels. */
  readonly maxPoints: number;
  /** Visible steps; `null`: all. */
  readonly window: readonly [number, number] | null;
}

/** The forecast as the panel shows it. */
export interface ForecastView {
  readonly run: RunId;
  /** Series that was fitted; `null` when the run has no loss. */
  readonly series: SeriesName | null;
  /** `fitting`: an older forecast may still be shown. */
  readonly status: 'idle' | 'fitting' | 'ready' | 'refused' | 'failed';
  readonly forecast: Forecast | null;
  /** Why there is none, for people; empty when there is one. */
  readonly message: string;
  /** End of the validation loss where the training loss is forecast; `null` where it is not logged or cannot be told. */
  readonly validation: Estimate | null;
}

/** Everything a panel needs to draw itself from nothing. */
export interface PanelState {
  readonly run: RunView;
  readonly series: readonly SeriesSnapshot[];
  readonly forecast: ForecastView;
  readonly overlays: readonly OverlaySnapshot[];
}

/** Everything that is needed to judge a forecast. */
export interface ReportView {
  readonly name: string;
  readonly forecast: Forecast;
  readonly report: RunReport;
  /** The report as Markdown, and as a page that can be printed. */
  readonly markdown: string;
  readonly html: string;
}

/**
 * The run panel. Requests named `host/…` are answered by the extension host; all others pass to the background process
 * unchanged. After `view/open` the panel receives events for that view until it is hidden or opens another.
 */
export interface RunPanelContract {
  requests: {
    /** Sent when the panel starts, is shown again, or wants another view. */
    'view/open': { params: PanelView; result: PanelState };
    /** The user's word on the plan of a run; `null` takes it back. Kept for the run. */
    'plan/set': { params: { run: RunId; facts: PlanFacts | null }; result: null };
    /**
     * The rest of the run under another schedule, from the last fit. Error `fit.refused` with the reason when there is no fit
     * or no answer.
     */
    'view/whatIf': { params: { run: RunId; question: WhatIfQuestion }; result: WhatIfReply };
    /** Every series of the run, and every other run, to choose from. */
    'view/series': { params: { run: RunId }; result: readonly SeriesListing[] };
    'view/runs': { params: { run: RunId }; result: readonly RunListing[] };
    /** The report of the forecast with its back-test: twelve fits. Errors as those of a forecast. */
    'view/report': { params: { run: RunId }; result: ReportView };
    /** Silences a warning, or lets it be heard again; kept in the workspace. */
    'warnings/mute': { params: { run: RunId | null; key: string; muted: boolean }; result: null };
    'host/copy': { params: { text: string }; result: null };
    'host/openLog': { params: { run: RunId }; result: null };
    'host/save': { params: { name: string; content: string; base64: boolean }; result: { saved: boolean } };
    /** The panel is drawn: what it shows, for tests and for its title. */
    'host/drawn': { params: PanelFacts; result: null };
  };
  toPanel: {
    'run/didChange': RunView;
    'series/didReset': readonly SeriesSnapshot[];
    'series/didAppend': readonly SeriesAppend[];
    'forecast/didChange': ForecastView;
    /** Overlays that have changed. */
    'overlays/didChange': readonly OverlaySnapshot[];
    /** The run is gone: its files vanished or it was removed. */
    'run/didClose': { run: RunId };
    /** The background process is back: open the view again. */
    'server/didRestart': null;
  };
}

/** What a panel shows, in numbers. */
export interface PanelFacts {
  readonly run: RunId;
  readonly points: number;
  readonly forecast: number | null;
}
