import type { RunId } from '../model';
import type { EngineHost } from './host';
import type { TrackedRun } from './trackedRun';

/** Milliseconds between looks at a run that is watched in a panel or changed in the last minute. */
const ACTIVE_PAUSE = 300;
/** Longest pause: a run that has been silent for long costs one look per this many milliseconds. */
const LONGEST_PAUSE = 15_000;
/** Silence in milliseconds after which an unfinished last line is read ahead. */
const QUIET = 1_500;
/** Silence in milliseconds after which looks become rarer. */
const ACTIVE_FOR = 60_000;
/** Files whose changes the system is asked to tell; the others are polled only. */
const MAX_WATCHED_FILES = 200;

interface Entry {
  readonly run: TrackedRun;
  watchers: { dispose(): void }[];
  watched: number;
  timer: { dispose(): void } | undefined;
  /** Clock time of the last growth. */
  grewAt: number;
  pause: number;
}

/** Looks at the files of all runs again and again: soon where something happens, rarely where nothing does. */
export class FollowLoop {
  readonly #entries = new Map<RunId, Entry>();
  #focus: ReadonlySet<RunId> = new Set();
  #watched = 0;

  constructor(
    readonly host: EngineHost,
    readonly onChange: (run: TrackedRun, restructured: boolean) => void,
  ) {}

  /** Begins to follow a run, or takes note of new files of one. */
  add(run: TrackedRun): void {
    const entry = this.#entries.get(run.id) ?? {
      run,
      watchers: [],
      watched: 0,
      timer: undefined,
      grewAt: run.changedAt,
      pause: ACTIVE_PAUSE,
    };
    this.#entries.set(run.id, entry);
    for (const file of run.files.slice(entry.watched)) {
      entry.watched++;
      if (this.#watched >= MAX_WATCHED_FILES) break;
      this.#watched++;
      entry.watchers.push(file.watch(() => this.nudge(run)));
    }
    this.#schedule(entry);
  }

  remove(run: TrackedRun): void {
    const entry = this.#entries.get(run.id);
    if (entry === undefined) return;
    this.#entries.delete(run.id);
    this.#release(entry);
  }

  focus(ids: ReadonlySet<RunId>): void {
    this.#focus = ids;
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) this.#schedule(entry);
    }
  }

  /** Looks at a run at once, because the system or the editor told of a change. */
  nudge(run: TrackedRun): void {
    const entry = this.#entries.get(run.id);
    if (entry === undefined) return;
    entry.timer?.dispose();
    entry.timer = this.host.clock.after(0, () => void this.#look(entry));
  }

  /** Reads all files of a run to their present end. */
  async read(run: TrackedRun): Promise<boolean> {
    let grew = false;
    let restructured = false;
    for (const file of run.files) {
      const result = await file.poll();
      grew ||= result.bytes > 0 || result.restructured;
      restructured ||= result.restructured;
      if (this.host.clock.now() - file.changedAt > QUIET && file.readAhead()) {
        grew = true;
        restructured = true;
      }
    }
    // Configurations are written when a run starts: they cost no look while it goes on.
    if (restructured) for (const file of run.configs) await file.poll();
    if (grew) this.onChange(run, restructured);
    return grew;
  }

  dispose(): void {
    for (const entry of this.#entries.values()) this.#release(entry);
    this.#entries.clear();
  }

  async #look(entry: Entry): Promise<void> {
    const grew = await this.read(entry.run);
    const now = this.host.clock.now();
    if (grew) entry.grewAt = now;
    const active = this.#focus.has(entry.run.id) || now - entry.grewAt < ACTIVE_FOR;
    entry.pause = active ? ACTIVE_PAUSE : Math.min(LONGEST_PAUSE, entry.pause * 1.5);
    if (this.#entries.get(entry.run.id) === entry) this.#schedule(entry);
  }

  #schedule(entry: Entry): void {
    entry.timer?.dispose();
    const wanted = this.#focus.has(entry.run.id) ? ACTIVE_PAUSE : entry.pause;
    const pause = entry.run.files.reduce((longest, file) => Math.max(longest, file.leastPause), wanted);
    entry.timer = this.host.clock.after(pause, () => void this.#look(entry));
  }

  #release(entry: Entry): void {
    entry.timer?.dispose();
    for (const watcher of entry.watchers) watcher.dispose();
    this.#watched -= entry.watchers.length;
  }
}
