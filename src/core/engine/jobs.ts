import type { Answer } from '../answers/answer';
import type { WhatIfQuestion, WhatIfReply } from '../answers/question';
import type { Contender, Standing } from '../answers/ranking';
import type { CancelSignal } from '../cancel';
import type { FittedForecast } from '../forecast/fittedForecast';
import type { ForecastInput } from '../forecast/forecast';
import type { ForecastWithFit } from '../forecast/lawForecast';
import type { ForecastOptions } from '../forecast/options';
import type { RunCurve } from '../prior/fittedRun';
import type { FittedRun } from '../prior/memory';
import type { RunReport } from '../report/runReport';
import type { ActivationReport } from '../spectra/activations/activationReport';
import type { ActivationTask } from '../spectra/activations/measureActivation';
import type { AttentionReport, AttentionTask } from '../spectra/analyseAttention';
import type { AnalysisTask, TensorOutcome } from '../spectra/analyseTensors';
import type { ComparisonTask, TensorChange } from '../spectra/compareTensors';
import type { PlanTask, RunPlan } from './runPlan';

/** A forecast to be made, with what is known beyond the run. */
export interface ForecastTask {
  readonly input: ForecastInput;
  readonly options: ForecastOptions;
}

/** A question about the rest of a run. */
export interface WhatIfTask {
  readonly fitted: FittedForecast;
  readonly question: WhatIfQuestion;
}

/** A forecast to be reported on, with what it was made from. */
export interface ReportTask extends ForecastTask {
  readonly fit: ForecastWithFit;
}

/** A finished or long run to be learnt from. */
export interface LearnTask {
  readonly curve: RunCurve;
  readonly facts: { readonly name: string; readonly model?: string };
}

/** The work that is done outside the event loop, by name: input and result are plain data. */
export interface Jobs {
  forecast: { input: ForecastTask; result: ForecastWithFit };
  whatIf: { input: WhatIfTask; result: Answer<WhatIfReply> };
  report: { input: ReportTask; result: RunReport };
  /** How many runs stand by their ends. */
  ranking: { input: readonly Contender[]; result: Standing[] };
  /** The plan of a run from all its sources. */
  plan: { input: PlanTask; result: RunPlan };
  /** `null`: the run says too little. */
  learn: { input: LearnTask; result: FittedRun | null };
  /** Spectra of matrices of a checkpoint, in the order of the task. */
  spectra: { input: AnalysisTask; result: TensorOutcome[] };
  /** Bounds on the attention logits of one layer. */
  attention: { input: AttentionTask; result: AttentionReport };
  /** Spectrum of the covariance of one activation. */
  activation: { input: ActivationTask; result: ActivationReport };
  /** How far one matrix of two checkpoints has turned. */
  comparison: { input: ComparisonTask; result: TensorChange };
}

export type JobName = keyof Jobs;

/** Runs jobs, on threads or in place. Rejects with `CancelledError` when `signal` aborts before the result. */
export interface JobPool {
  /** True when jobs run on other threads: then work is worth handing over. */
  readonly isElsewhere?: boolean;
  run<N extends JobName>(name: N, input: Jobs[N]['input'], signal?: CancelSignal): Promise<Jobs[N]['result']>;
  dispose(): void;
}
