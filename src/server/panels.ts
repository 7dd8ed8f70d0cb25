import type { Engine, EngineEvent } from '../core/engine/engine';
import { type Reply, replyOf } from '../protocol/channel';
import { PanelSession } from './panelSession';

/** Least milliseconds between two updates of the panels. */
const FLUSH_PAUSE = 60;

/** All visible panels. A hidden panel has no session and costs nothing. */
export class Panels {
  readonly #sessions = new Map<string, PanelSession>();
  #timer: { dispose(): void } | undefined;

  constructor(
    readonly engine: Engine,
    readonly send: (panel: string, name: string, body: unknown) => void,
  ) {
    engine.onDidChange((event) => this.#onChange(event));
  }

  /** Answers a request of a panel; the first one makes its session. */
  async request(panel: string, name: string, body: unknown): Promise<Reply> {
    const session =
      this.#sessions.get(panel) ?? new PanelSession(this.engine, (event, data) => this.send(panel, event, data));
    this.#sessions.set(panel, session);
    const reply = await replyOf(() => session.request(name, body));
    this.#focus();
    return reply;
  }

  hide(panel: string): void {
    this.#sessions.delete(panel);
    this.#focus();
  }

  #focus(): void {
    const runs = [...this.#sessions.values()].flatMap(({ run }) => run?.id ?? []);
    this.engine.focus(new Set(runs));
  }

  #onChange({ kind, run }: EngineEvent): void {
    for (const session of this.#sessions.values()) {
      if (kind !== 'removed') session.note(kind, run);
      else if (session.run === run) session.emit('run/didClose', { run: run.id });
    }
    if (this.#sessions.size === 0 || this.#timer !== undefined) return;
    this.#timer = this.engine.host.clock.after(FLUSH_PAUSE, () => {
      this.#timer = undefined;
      for (const session of this.#sessions.values()) session.flush();
    });
  }
}
