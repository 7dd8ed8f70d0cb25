import type { BestEarlier } from '../core/engine/earlierRuns';
import type { RunAxes } from '../core/engine/runAxes';
import type { Estimate, Refusal } from '../core/forecast/forecast';
import type { ConfigValue, Issue, PlanSource, RunId, RunState, SeriesName, StepUnit } from '../core/model';
import type { ExplainedWarning } from '../core/warnings/explain';
import type { Severity, WarningId } from '../core/warnings/warning';

export type { BestEarlier, ExplainedWarning, RunAxes };

/** A warning as the Runs view and a notification name it. */
export interface WarningSummary {
  readonly id: WarningId;
  readonly severity: Severity;
  readonly step: number;
  /** Step at which it was over; `null` while it lasts. */
  readonly until: number | null;
  readonly title: string;
  /** The evidence in a sentence or two. */
  readonly text: string;
}

/** A warning as the panel shows it. */
export interface WarningView extends ExplainedWarning {
  readonly muted: boolean;
}

/** One run as the Runs view and the status bar show it. */
export interface RunSummary {
  readonly id: RunId;
  readonly name: string;
  /** Title of the format: `"nanoGPT console"`. */
  readonly format: string;
  /** True when the format was guessed and the user may correct it. */
  readonly guessed: boolean;
  /** Files of the run, absolute paths. */
  readonly files: readonly string[];
  /** Group of the view: workspace folder or added source. */
  readonly source: string;
  readonly state: RunState;
  readonly stepUnit: StepUnit;
  /** Points of all series, as logged. */
  readonly points: number;
  readonly step: number | null;
  readonly totalSteps: number | null;
  /** Last finite training loss, else last validation loss. */
  readonly loss: number | null;
  readonly forecast: Estimate | null;
  readonly refused: Refusal | null;
  readonly issues: number;
  /** Warnings that are not muted, in order of their steps; the newest fifty. */
  readonly warnings: readonly WarningSummary[];
  /** Milliseconds since 1970 of the last growth of a file of the run. */
  readonly changedAt: number;
}

/** One line of the plan as the panel shows it: `null` is unknown. */
export interface PlanPartView {
  readonly key: 'totalSteps' | 'warmupSteps' | 'family' | 'peakLr' | 'finalLr' | 'decayStart' | 'decaySteps';
  readonly value: string | number | null;
  readonly source: PlanSource | null;
  readonly confidence: number;
  readonly where: string;
}

/** One series as a picker lists it. */
export interface SeriesInfo {
  readonly name: SeriesName;
  readonly label: string;
  readonly unit: string;
  readonly points: number;
  readonly nonFinite: number;
  readonly last: { readonly step: number; readonly value: number } | null;
}

/** A checkpoint of a run whose name says its step. */
export interface CheckpointView {
  readonly step: number;
  readonly path: string;
}

/** Everything a run panel shows beside the curves. */
export interface RunView {
  readonly summary: RunSummary;
  readonly series: readonly SeriesInfo[];
  readonly plan: readonly PlanPartView[];
  /** What the user must add before a forecast is possible. */
  readonly missing: readonly ('totalSteps' | 'learningRate')[];
  readonly conflicts: readonly string[];
  /** First step of each restart. */
  readonly restarts: readonly number[];
  /** Learning rate of the whole plan, piecewise linear; empty when unknown. */
  readonly plannedLr: { readonly steps: readonly number[]; readonly lrs: readonly number[] };
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly issues: readonly Issue[];
  /** Muted ones too; the newest two hundred. */
  readonly warnings: readonly WarningView[];
  /** Milliseconds until the last planned step at the present speed; `null` when unknown. */
  readonly etaMs: number | null;
  /** What steps can be shown as. */
  readonly axes: RunAxes;
  /** The best finished run beside this one. */
  readonly best: BestEarlier | null;
  /** By step; the newest thousand. */
  readonly checkpoints: readonly CheckpointView[];
}
