import type { Engine, EngineEvent } from '../../core/engine/engine';
import { type Reply, replyOf } from '../../protocol/channel';
import type { PanelKind, PanelRequest } from '../../protocol/server';
import type { Analyses } from '../spectra/analyses';
import { CompareSession } from './compareSession';
import { RunSession } from './runSession';
import type { PanelSession, SessionMaker } from './session';
import { SpectraSession } from './spectraSession';

const SESSIONS: Readonly<Record<PanelKind, SessionMaker>> = {
  compare: (engine, emit) => new CompareSession(engine, emit),
  run: (engine, emit) => new RunSession(engine, emit),
  spectra: (engine, emit, analyses) => new SpectraSession(engine, emit, analyses),
};

/** Least milliseconds between two updates of the panels. */
const FLUSH_PAUSE = 60;

/** All panels. A hidden one is told nothing, and has no session unless it keeps results that were dear. */
export class Panels {
  readonly #sessions = new Map<string, PanelSession>();
  #timer: { dispose(): void } | undefined;

  constructor(
    readonly engine: Engine,
    readonly analyses: Analyses,
    readonly send: (panel: string, name: string, body: unknown) => void,
  ) {
    engine.onDidChange((event) => this.#onChange(event));
  }

  /** Answers a request of a panel; the first one makes its session. */
  async request({ panel, kind, name, body }: PanelRequest['params']): Promise<Reply> {
    const emit = (event: string, data: unknown): void => this.send(panel, event, data);
    const session = this.#sessions.get(panel) ?? SESSIONS[kind](this.engine, emit, this.analyses);
    this.#sessions.set(panel, session);
    const reply = await replyOf(() => session.request(name, body));
    this.#focus();
    return reply;
  }

  hide(panel: string, closed: boolean): void {
    const session = this.#sessions.get(panel);
    if (!closed && session?.hide !== undefined) session.hide();
    else {
      session?.close();
      this.#sessions.delete(panel);
    }
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
