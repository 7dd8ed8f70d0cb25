import type { Engine } from '../core/engine/engine';
import type { RunId } from '../core/model';
import type { RunsDidChange } from '../protocol/server';
import { summaryOf } from './runView';

/** Least milliseconds between two notifications. */
const PAUSE = 250;

/** Tells the extension host of runs that appeared, changed or went, bundled. */
export class RunsFeed {
  readonly #changed = new Set<RunId>();
  readonly #removed = new Set<RunId>();
  #timer: { dispose(): void } | undefined;
  #started = false;

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
    this.#started = true;
    this.#schedule();
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
    const changed = [...this.#changed].flatMap((id) => {
      const run = this.engine.run(id);
      return run === undefined ? [] : [summaryOf(run, now)];
    });
    const removed = [...this.#removed];
    this.#changed.clear();
    this.#removed.clear();
    if (changed.length > 0 || removed.length > 0) this.send({ changed, removed });
  }
}
