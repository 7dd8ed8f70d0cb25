import type { Engine, EngineEvent } from '../../core/engine/engine';
import { type Reply, replyOf } from '../../protocol/channel';
import type { PanelKind, PanelRequest } from '../../protocol/server';
import { CompareSession } from './compareSession';
import { RunSession } from './runSession';
import type { PanelSession, SessionMaker } from './session';

const SESSIONS: Readonly<Record<PanelKind, SessionMaker>> = {
  compare: (engine, emit) => new CompareSession(engine, emit),
  run: (engine, emit) => new RunSession(engine, emit),
};

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
  async request({ panel, kind, name, body }: PanelRequest['params']): Promise<Reply> {
    const session =
      this.#sessions.get(panel) ?? SESSIONS[kind](this.engine, (event, data) => this.send(panel, event, data));
    this.#sessions.set(panel, session);
    const reply = await replyOf(() => session.request(name, body));
    this.#focus();
    return reply;
  }

  hide(panel: string): void {
    this.#sessions.get(panel)?.close();
    this.#sessions.delete(panel);
    this.#focus();
  }

  #focus(): void {
    const runs = [...this.#sessions.values()].flatMap((session) => session.runs.map(({ id }) => id));
    const next = [...this.#sessions.values()].flatMap((session) => session.next ?? []);
    this.engine.focus(new Set(runs), next);
  }

  #onChange(event: EngineEvent): void {
    for (const session of this.#sessions.values()) session.note(event);
    if (this.#sessions.size === 0 || this.#timer !== undefined) return;
    this.#timer = this.engine.host.clock.after(FLUSH_PAUSE, () => {
      this.#timer = undefined;
      for (const session of this.#sessions.values()) session.flush();
    });
  }
}
