import type { Issue } from '../model';
import type { FileLog } from '../series/fileLog';

/** What one look at a source brought. */
export interface PollResult {
  /** Bytes, or points where a source has no bytes. */
  readonly bytes: number;
  /** More than new points at the end: a restart, a vanished file, a first detection, a fault that came or went. */
  readonly restructured: boolean;
}

/** One log of a run as the engine follows it: a file somewhere, the output of a command, the series of a server. */
export interface Followed {
  /** Path or source, as users know it. */
  readonly path: string;
  /** What was read, oldest first; a source that began anew has more than one. */
  readonly logs: readonly FileLog[];
  readonly format: { readonly id: string; readonly title: string } | undefined;
  /** True when the format is a guess. */
  readonly guessed: boolean;
  /** Milliseconds since 1970 of the last change that was seen. */
  readonly changedAt: number;
  /** Why the source cannot be read just now; `undefined` when it can. */
  readonly fault: Issue | undefined;
  /** Least milliseconds between two looks. */
  readonly leastPause: number;
  /** Looks at the source and reads what is new. Calls that overlap share one look. Never rejects. */
  poll(onSlice?: () => void): Promise<PollResult>;
  /** Reads an unfinished end ahead; true when that brought points. */
  readAhead(): boolean;
  /** Calls `onChange` soon after a change, where the source tells. */
  watch(onChange: () => void): { dispose(): void };
}
