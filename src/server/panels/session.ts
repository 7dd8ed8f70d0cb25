import type { Engine, EngineEvent } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { RunId } from '../../core/model';
import type { Analyses } from '../spectra/analyses';

/** Sends an event to the panel. */
export type Emit<Events> = <N extends keyof Events & string>(name: N, body: Events[N]) => void;

/** One visible panel in the background process: what it looks at, and what it has been told. */
export interface PanelSession {
  /** Runs that are looked at: they are fitted before all others. */
  readonly runs: readonly TrackedRun[];
  /** Runs whose fits come after those, the most needed first. */
  readonly next?: readonly RunId[];
  /** Answers a request of the panel. Rejects with a `LosslineError` that people can act on. */
  request(name: string, body: unknown): Promise<unknown>;
  /** Takes note of a change of the engine; `flush` tells the panel. */
  note(event: EngineEvent): void;
  /** Tells the panel what changed since the last flush. */
  flush(): void;
  /** The panel was hidden: nothing is told until it opens its view again. Absent: a hidden panel is as good as closed. */
  hide?(): void;
  /** The panel was closed: ends what only it needs. Nothing is called afterwards. */
  close(): void;
}

/** Makes the session of one kind of panel; `emit` reaches that panel alone, `analyses` are common to all. */
export type SessionMaker = (
  engine: Engine,
  emit: (name: string, body: unknown) => void,
  analyses: Analyses,
) => PanelSession;
