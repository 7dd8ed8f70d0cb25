import type { FormatPreview, LogChoice } from '../core/engine/logChoice';
import type { Forecast } from '../core/forecast/forecast';
import type { PlanFacts, RunId } from '../core/model';
import type { LearntRun } from '../core/prior/learntRun';
import type { ReportFormat } from '../core/report/written';
import type { Reply } from './channel';
import type { RunSummary } from './run';
import type { CheckpointList } from './spectra';

export type { FormatPreview, LogChoice, ReportFormat };

// Messages between the extension host and the background process, beside the language-server protocol itself.
// Each constant is a method name; the type of the same name gives its parameters and result.

/** host → server, first message. Versions must be equal; the reply says the server's. */
export const HELLO = 'lossline/hello';
export interface Hello {
  params: { version: number };
  result: { version: number };
}

/** host → server, at start and when folders or settings change: where to look for runs. Replies when the scan is done. */
export const RUNS_SCAN = 'runs/scan';
export interface RunsScan {
  params: { roots: readonly { path: string; name: string }[]; exclude: readonly string[] };
  result: { found: number; skipped: readonly { path: string; reason: string }[]; capped: boolean };
}

/** host → server: all runs known now. */
export const RUNS_LIST = 'runs/list';
export interface RunsList {
  params: null;
  result: readonly RunSummary[];
}

/**
 * host → server: follow a file or folder outside the scanned roots, or a source on another machine (`ssh://…`, `cmd:…`).
 * `secret` is the key of its server, kept in memory only. Errors `file.unknownFormat`, `source.invalid` and `remote.…`;
 * `remote.auth` asks for another key.
 */
export const RUNS_ADD = 'runs/add';
export interface RunsAdd {
  params: { path: string; secret?: string };
  result: readonly RunSummary[];
}

/** host → server: host names of the user's ssh configuration, to choose from. */
export const SOURCES_HOSTS = 'sources/hosts';
export interface SourcesHosts {
  params: null;
  result: readonly string[];
}

/** host → server: forget a run; its files stay. */
export const RUNS_REMOVE = 'runs/remove';
export interface RunsRemove {
  params: { run: RunId };
  result: null;
}

/** server → host: runs that appeared, changed or went, at most four times a second. */
export const RUNS_DID_CHANGE = 'runs/didChange';
export interface RunsDidChange {
  params: { changed: readonly RunSummary[]; removed: readonly RunId[] };
}

/** host → server: the user's word on the plan of a run; `null` takes it back. Sent again after a restart. */
export const PLAN_SET = 'plan/set';
export interface PlanSet {
  params: { run: RunId; facts: PlanFacts | null };
  result: null;
}

/** host → server: the user's name for a run; `null` gives it back its own. Sent again after a restart. */
export const RUN_RENAME = 'run/rename';
export interface RunRename {
  params: { run: RunId; name: string | null };
  result: null;
}

/** host → server: what each format would read in a log of a run. Errors `file.notFound`, `argument.invalid`. */
export const FORMAT_PREVIEW = 'format/preview';
export interface FormatPreviews {
  params: { file: string };
  result: readonly FormatPreview[];
}

/** host → server: the user's word on the format and the keys of a log; `null` takes it back. Sent again after a restart. */
export const FORMAT_SET = 'format/set';
export interface FormatSet {
  params: { file: string; choice: LogChoice | null };
  result: null;
}

/**
 * host → server: forecast a run now, from everything logged so far. Errors `run.unknown`, `run.noSeries`, and
 * `plan.missing`, whose data list in `missing` what the user must add. A forecast by a simpler law that stands in for
 * want of a learning rate lists that in `missing` too.
 */
export const FORECAST_PREDICT = 'forecast/predict';
export interface ForecastPredict {
  params: { run: RunId };
  result: { forecast: Forecast; summary: RunSummary; missing: readonly ('totalSteps' | 'learningRate')[] };
}

/** host → server: the forecast of a run in words, with what is asked beside it. Errors as `forecast/predict`. */
export const FORECAST_TELL = 'forecast/tell';
export interface ForecastTell {
  params: { run: RunId; options: { totalSteps?: number; until?: number; at?: number; target?: number } };
  result: { text: string };
}

/** host → server: the warnings of a run that are not muted, in words. Error `run.unknown`. */
export const WARNINGS_TELL = 'warnings/tell';
export interface WarningsTell {
  params: { run: RunId };
  result: { text: string };
}

/** host → server: the report of a run's forecast as text. Errors as `forecast/predict`. */
export const REPORT_MAKE = 'report/make';
export interface ReportMake {
  params: { run: RunId; format: ReportFormat };
  result: { name: string; text: string };
}

/**
 * host → server, at start and whenever the user changes it: whether finished runs are learnt from, those of earlier
 * sessions, and those that must not be learnt again. Without `learns` forecasts use none of them.
 */
export const MEMORY_SET = 'memory/set';
export interface MemorySet {
  params: { learns: boolean; runs: readonly LearntRun[]; forgotten: readonly RunId[] };
  result: null;
}

/** server → host: finished runs were learnt from; all of them, to be kept. */
export const MEMORY_DID_LEARN = 'memory/didLearn';
export interface MemoryDidLearn {
  params: { runs: readonly LearntRun[] };
}

/**
 * host → server: silences a warning or lets it be heard again: a kind in all runs (`run` null), or one warning of a run.
 * Kept by the host and said again after a restart.
 */
export const WARNINGS_MUTE = 'warnings/mute';
export interface WarningsMute {
  params: { run: RunId | null; key: string; muted: boolean };
  result: null;
}

/** host → server: the checkpoints of a run, found by their names. Errors `run.unknown`. */
export const CHECKPOINTS_LIST = 'checkpoints/list';
export interface CheckpointsList {
  params: { run: RunId };
  result: CheckpointList;
}

/**
 * host → server: measure the matrices of a checkpoint, a file or a folder; the report is Markdown. Cancelled with the request. Errors
 * `file.notFound`, `file.unknownFormat`, `checkpoint.invalid`.
 */
export const SPECTRA_ANALYSE = 'spectra/analyse';
export interface SpectraAnalyse {
  params: { path: string };
  result: { name: string; markdown: string };
}

/**
 * host → server, at start and when settings change: whether checkpoints that live runs write are measured as they appear, and the
 * folder in which measures may be kept (`null`: none).
 */
export const SPECTRA_SETTINGS = 'spectra/settings';
export interface SpectraSettings {
  params: { live: boolean; folder: string | null };
  result: null;
}

/** What a panel shows; each kind has its page, its contract and its session in the background process. */
export type PanelKind = 'run' | 'compare' | 'spectra';

/**
 * host → server: the lines that make a Python program log its activations, and where they go: `at` is an offset of `text`. Null when no
 * construction of a model is found; no lines when the program names `module` already.
 */
export const ACTIVATIONS_PLACE = 'activations/place';
export interface ActivationsPlace {
  params: { text: string; module: string };
  result: { readonly lines: readonly { readonly at: number; readonly text: string }[] } | null;
}

/** host → server: a request of a panel, passed on unchanged. The first one makes the session of the panel. */
export const PANEL_REQUEST = 'panel/request';
export interface PanelRequest {
  params: { panel: string; kind: PanelKind; name: string; body: unknown };
  result: Reply;
}

/** server → host: an event for a panel, to be passed on unchanged. */
export const PANEL_EVENT = 'panel/event';
export interface PanelEvent {
  params: { panel: string; name: string; body: unknown };
}

/** host → server: a panel was hidden or closed; it receives nothing until its next `view/open`. */
export const PANEL_DID_HIDE = 'panel/didHide';
export interface PanelDidHide {
  params: { panel: string; closed: boolean };
}
