import type { PlanFacts, RunId } from '../model';
import type { LogChoice } from './logChoice';
import type { TrackedRun } from './trackedRun';

/** What the user said of runs and logs, kept also for those that are not there yet. */
export class UserWords {
  readonly plans = new Map<RunId, PlanFacts>();
  readonly names = new Map<RunId, string>();
  /** Formats and keys of logs, by path. */
  readonly choices = new Map<string, LogChoice>();
  /** Warnings that are silent: kinds, and `RUN KEY` for one of a run. */
  readonly mutes = new Set<string>();

  /** Tells a run that has just been made. */
  tell(run: TrackedRun): void {
    run.givenName = this.names.get(run.id) ?? null;
    run.userFacts = this.plans.get(run.id) ?? null;
    run.mutes = this.mutes;
  }
}

/** Keeps a word under its key; `null` takes it back. */
export function keepWord<K, V>(words: Map<K, V>, key: K, word: V | null): void {
  if (word === null) words.delete(key);
  else words.set(key, word);
}
