import type { Estimate } from '../core/forecast/forecast';
import type { ConfigValue, RunId, RunState, SeriesName, StepUnit } from '../core/model';
import type { Severity } from '../core/warnings/warning';
import type { Points } from './series';

/** One run of a comparison. `null` is unknown. */
export interface CompareRow {
  readonly run: RunId;
  readonly name: string;
  /** Workspace folder or added source. */
  readonly source: string;
  readonly state: RunState;
  readonly stepUnit: StepUnit;
  readonly step: number | null;
  readonly totalSteps: number | null;
  readonly etaMs: number | null;
  /** Mean tokens per step, from logged token counts. */
  readonly tokensPerStep: number | null;
  /** Series whose end is forecast; its last finite value is `loss`. */
  readonly series: SeriesName | null;
  readonly loss: number | null;
  /** Lowest validation loss so far. */
  readonly bestValidation: { readonly step: number; readonly value: number } | null;
  readonly end: EndView;
  readonly warnings: readonly { readonly severity: Severity; readonly title: string; readonly text: string }[];
  /** Milliseconds since 1970 of the last growth. */
  readonly changedAt: number;
}

/** The end of a run as far as it is known. */
export interface EndView {
  /** `waiting`: its fit has not had its turn; `refused` may still carry the loss of a simpler law. */
  readonly status: 'waiting' | 'fitting' | 'ready' | 'refused' | 'failed';
  readonly finalLoss: Estimate | null;
  /** True when the run is over and `finalLoss` is what it reached. */
  readonly isMeasured: boolean;
  /** Why there is no end, or what to mind of it; empty when there is nothing to say. */
  readonly reason: string;
}

/** How a run stands among those compared. Chances in [0, 1]; `null` where they mean nothing. */
export interface StandingView {
  readonly rank: number;
  readonly chanceBest: number;
  /** The run it is weighed against: the best finished one, else the best other. */
  readonly rival: RunId | null;
  readonly chanceBeatsRival: number | null;
  readonly chanceBeatsPinned: number | null;
  readonly isWorthFinishing: boolean;
}

/** How the runs stand, as far as their ends are known. */
export interface Standings {
  /** Series that the ranked runs have their ends in: the one that most runs have. `null` without any end. */
  readonly series: SeriesName | null;
  /** Series that the runs can be compared by, the commonest first. */
  readonly choices: readonly SeriesName[];
  /** Chance to beat its rival below which an unfinished run is called not worth finishing. */
  readonly hopeless: number;
  readonly byRun: Readonly<Record<RunId, StandingView>>;
}

/** Hyperparameters, those that all runs share told once. */
export interface Configs {
  readonly shared: Readonly<Record<string, ConfigValue>>;
  readonly own: Readonly<Record<RunId, Readonly<Record<string, ConfigValue>>>>;
}

/** A thinned loss curve with what is expected after it. */
export interface CompareCurve {
  readonly run: RunId;
  /** At most 200 points, smoothed as asked. */
  readonly points: Points;
  /** As many points of the steps that were asked for alone; `null` when the whole was. */
  readonly detail: Points | null;
  /** From the newest step to the last planned one with the 80 % band; `null` without a forecast or when the run is over. */
  readonly ahead: {
    readonly steps: number[];
    readonly values: number[];
    readonly low: number[];
    readonly high: number[];
  } | null;
}

/** How many of the runs have been forecast, refused or found impossible to forecast. */
export interface CompareProgress {
  readonly done: number;
  readonly of: number;
}

export interface CompareState {
  /** What was asked for; `null`: all runs. */
  readonly runs: readonly RunId[] | null;
  readonly rows: readonly CompareRow[];
  readonly configs: Configs;
  readonly standings: Standings;
  readonly progress: CompareProgress;
}

/** What a compare panel looks at. */
export interface CompareLook {
  /** Runs whose curves are drawn, the most needed first; their fits go before those of others. At most 1000. */
  readonly runs: readonly RunId[];
  /** Run that all others are held against. */
  readonly pinned: RunId | null;
  /** Weight of the past in the moving average, [0, 1): 0 is off. */
  readonly smoothing: number;
  /** Steps that the curves are looked at; `null`: all. */
  readonly window: readonly [number, number] | null;
  /** Series whose ends are compared; `null`: of each run the one that it is forecast by. */
  readonly series: SeriesName | null;
  /** Runs that the page leaves out: they are not ranked. */
  readonly hidden: readonly RunId[];
}

/**
 * The compare panel. Requests named `host/…` are answered by the extension host; all others pass to the background process.
 * After `view/open` the panel receives events about those runs until it is hidden.
 */
export interface ComparePanelContract {
  requests: {
    /** `runs` null: all runs, also those that appear later. Error `argument.invalid`. */
    'view/open': { params: { runs: readonly RunId[] | null; pinned: RunId | null }; result: CompareState };
    /** Sent when the panel is scrolled, shows other curves or pins another run. Curves come as events. */
    'view/look': { params: CompareLook; result: null };
    'host/copy': { params: { text: string }; result: null };
    'host/openRun': { params: { run: RunId }; result: null };
    'host/openLog': { params: { run: RunId }; result: null };
    'host/save': { params: { name: string; content: string; base64: boolean }; result: { saved: boolean } };
    /** The panel is drawn: what it shows, for tests and for its title. */
    'host/drawn': { params: CompareFacts; result: null };
  };
  toPanel: {
    'rows/didChange': { rows: readonly CompareRow[]; removed: readonly RunId[]; progress: CompareProgress };
    'configs/didChange': Configs;
    'standings/didChange': Standings;
    'curves/didChange': readonly CompareCurve[];
    /** The background process is back: open the view again. */
    'server/didRestart': null;
    /** The runs that the user has hidden in the Runs view, said by the extension host at every `view/open` and change. */
    'hidden/didChange': { runs: readonly RunId[] };
  };
}

/** What a compare panel shows, in numbers. */
export interface CompareFacts {
  readonly runs: number;
  readonly ranked: number;
  readonly curves: number;
}
