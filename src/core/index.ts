// Public API of the library: everything another program needs to read logs and forecast runs.

export { type Ahead, fallAhead, plannedAhead } from './answers/ahead';
export type { Answer, AnswerRefusal } from './answers/answer';
export { type BestSchedule, bestSchedule, type ScheduleLimits } from './answers/bestSchedule';
export { chanceBelow, chanceBelowRun, type End, endOf } from './answers/chance';
export { type CollapsedRun, collapse, type FamilyRun } from './answers/collapse';
export { type DecayStart, decayStart } from './answers/decayStart';
export { lossAt } from './answers/lossAt';
export { type Probe, probe } from './answers/probe';
export { type Contender, rankRuns, type Standing } from './answers/ranking';
export { type RemainingFall, remainingFall } from './answers/remainingFall';
export { type RunLength, runLength } from './answers/runLength';
export { type StepOfLoss, stepOfLoss } from './answers/stepOfLoss';
export { type StopNow, stopNow } from './answers/stopNow';
export { type Gain, type WhatIf, whatIf } from './answers/whatIf';
export type {
  Checkpoint,
  CheckpointTensor,
  LayerKind,
  ParamGroup,
  RowBlock,
  SkippedTensor,
} from './checkpoints/checkpoint';
export { discoverCheckpoints, type FoundCheckpoint, type FoundCheckpoints } from './checkpoints/discoverCheckpoints';
export { openCheckpoint } from './checkpoints/open';
export { type Citation, citationUrl } from './citation';
export type { ComparedRun, CompareOptions, Comparison } from './engine/comparison';
export { Engine, type EngineEvent } from './engine/engine';
export type { ScanRoot } from './engine/follower';
export type { RunFit } from './engine/forecaster';
export type { RunForecast } from './engine/forecastState';
export type { Clock, EngineHost, Logger } from './engine/host';
export type { JobName, JobPool, Jobs } from './engine/jobs';
export { type Prediction, type PredictOptions, predictRun } from './engine/prediction';
export type { ForecastOptions } from './engine/runForecast';
export { runJob } from './engine/runJob';
export type { RunPlan } from './engine/runPlan';
export { runState } from './engine/runState';
export type { TrackedRun } from './engine/trackedRun';
export { CancelledError, type ErrorCode, LosslineError } from './errors';
export type { FittedForecast } from './forecast/fittedForecast';
export type { Estimate, FitReport, Forecast, ForecastInput, Refusal } from './forecast/forecast';
export { compare, createEngine, detect, oneRun, predict } from './library';
export type { Issue, PlanFacts, RunId, RunState, SeriesName } from './model';
export type { Plan, Schedule } from './plan/plan';
export { type LearntRun, learntRunsFrom } from './prior/learntRun';
export { reportMarkdown } from './report/markdown';
export type { RunReport } from './report/runReport';
export { type ReportFormat, writtenReport } from './report/written';
export type { FileStat, FileSystem, FolderEntry } from './sources/fileSystem';
export type { Followed, PollResult } from './sources/followed';
export { formatLocation, type Location, parseLocation, type RemoteLocation } from './sources/location';
export type { RemoteRun, RemoteSource, RemoteSources } from './sources/remoteSource';
export { analyseCheckpoint, type CheckpointReport } from './spectra/analyseCheckpoint';
export { analyseMatrix, type MatrixReport } from './spectra/analyseMatrix';
export { Kernels } from './spectra/kernels';
export { decayScale, scaleChange } from './spectra/laws/decayScale';
export { extrapolateLogits } from './spectra/laws/logitGrowth';
export { matchTopValues } from './spectra/laws/matchTopValues';
export { rankTrend } from './spectra/laws/rankTrend';
export { fitWidthLaw } from './spectra/laws/widthLaw';
export { type RowSource, rowsOfArray } from './spectra/rowSource';
