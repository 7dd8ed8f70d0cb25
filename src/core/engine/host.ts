import type { FileSystem } from '../sources/fileSystem';
import type { RemoteSources } from '../sources/remoteSource';
import type { JobPool } from './jobs';

/** Time as the engine knows it, so that a test can play it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `milliseconds`. */
  after(milliseconds: number, callback: () => void): { dispose(): void };
}

/** Where the engine writes what a developer may want to know. Never receives values of a log. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** The world an engine lives in: the only ways out of the core. */
export interface EngineHost {
  readonly fs: FileSystem;
  /** Absent: only local files can be followed. */
  readonly remote?: RemoteSources;
  readonly pool: JobPool;
  readonly clock: Clock;
  readonly log: Logger;
  /** Forecasts are made when asked for, not whenever a log has grown: for commands that read and end. */
  readonly onlyWhenAsked?: boolean;
}
