import type { Engine } from '../core/engine/engine';
import { runState } from '../core/engine/runState';
import type { RunId, RunState } from '../core/model';
import type { RunsDidChange } from '../protocol/server';
import { summaryOf } from './runView';

/** Least milliseconds between two notifications. */
const PAUSE = 250;
/** Milliseconds between two looks at the states of runs of which nothing is heard. */
const SILENCE_PAUSE = 30_000;

/** Tells the extension host of runs that appeared, changed or went, bundled. */
export class RunsFeed {
  readonly #changed = new Set<RunId>();
  readonly #removed = new Set<RunId>();
  #timer: { dispose(): void } | undefined;
  #started = false;
  readonly #states = new Map<RunId, RunState>();

  constructor(
    readonly engine: Engine,
    readonly send: (params: RunsDidChange['params']) => void,
  ) {
    engine.onDidChange(({ kind, run }) => {
      if (kind === 'removed') {
        this.#removed.add(run.id);
        this.#changed.delete(run.id);
      } else {
        this.#changed.add(run.id);
        this.#removed.delete(run.id);
      }
      this.#schedule();
    });
  }

  /** Begins to send; changes before are sent too. */
  start(): void {
    if (!this.#started) this.#watchSilence();
    this.#started = true;
    this.#schedule();
  }

  /** A run that stands still changes nothing, so its state is looked at now and then. */
  #watchSilence(): void {
    this.engine.host.clock.after(SILENCE_PAUSE, () => {
      const now = this.engine.host.clock.now();
      for (const run of this.engine.runs()) {
        const state = runState(run, now);
        if (this.#states.get(run.id) !== state) this.#changed.add(run.id);
        this.#states.set(run.id, state);
      }
      this.#schedule();
      this.#watchSilence();
    });
  }

  #schedule(): void {
    if (!this.#started || this.#timer !== undefined) return;
    this.#timer = this.engine.host.clock.after(PAUSE, () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const now = this.engine.host.clock.now();
    const runs = this.engine.runs();
    const changed = [...this.#changed].flatMap((id) => {
      const run = this.engine.run(id);
      if (run === undefined) return [];
      if (runState(run, now) === 'live') void this.engine.watchLaw(run);
      return [summaryOf(run, now, runs)];
    });
    const removed = [...this.#removed];
    this.#changed.clear();
    this.#removed.clear();
    if (changed.length > 0 || removed.length > 0) this.send({ changed, removed });
  }
}
