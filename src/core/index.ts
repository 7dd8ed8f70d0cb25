// Public API of the library: everything another program needs to read logs and forecast runs.

export { type Citation, citationUrl } from './citation';
export { Engine, type EngineEvent, type ScanRoot } from './engine/engine';
export type { RunForecast } from './engine/forecastState';
export type { Clock, EngineHost, Logger } from './engine/host';
export type { JobName, JobPool, Jobs } from './engine/jobs';
export type { ForecastOptions } from './engine/runForecast';
export { runJob } from './engine/runJob';
export type { RunPlan } from './engine/runPlan';
export { runState } from './engine/runState';
export type { TrackedRun } from './engine/trackedRun';
export { CancelledError, type ErrorCode, LosslineError } from './errors';
export type { Estimate, FitReport, Forecast, ForecastInput, Refusal } from './forecast/forecast';
export type { Issue, PlanFacts, RunId, RunState, SeriesName } from './model';
export type { Plan, Schedule } from './plan/plan';
export type { FileStat, FileSystem, FolderEntry } from './sources/fileSystem';
export type { Followed, PollResult } from './sources/followed';
export { formatLocation, type Location, parseLocation, type RemoteLocation } from './sources/location';
export type { RemoteRun, RemoteSource, RemoteSources } from './sources/remoteSource';
