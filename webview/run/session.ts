import { CancelledError, messageOf } from '../../src/core/errors';
import { type PanelChannel, RemoteError } from '../../src/protocol/channel';
import type { PanelView, RunPanelContract } from '../../src/protocol/panel';
import { RunData } from './runData';

/** Where a session stands. `loading` lasts until the first answer; later ones replace what is shown at once. */
export type SessionStatus = 'loading' | 'open' | 'empty' | 'error';

/** A run that was followed without a name appears by itself: how often an empty panel asks. */
const RETRY_MS = 3000;

/** Keeps the data of a panel equal to what the background process knows. */
export class Session {
  readonly data = new RunData();
  status: SessionStatus = 'loading';
  /** Why there is nothing, when the status is `error`. */
  message = '';
  /** The run's files are gone; what was drawn last stays. */
  closed = false;
  #view: PanelView | null = null;
  #opening: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly channel: PanelChannel<RunPanelContract>,
    readonly onChange: () => void,
  ) {
    channel.on('run/didChange', (run) => this.#accept(run.summary.id, () => (this.data.run = run)));
    channel.on('forecast/didChange', (forecast) => this.#accept(forecast.run, () => (this.data.forecast = forecast)));
    channel.on('series/didReset', (series) => this.#change(() => this.data.reset(series)));
    channel.on('series/didAppend', (appends) =>
      this.#change(() => {
        if (this.data.append(appends) === 'reopen') this.reopen();
      }),
    );
    channel.on('overlays/didChange', (changed) => this.#change(() => this.data.overlay(changed)));
    channel.on('run/didClose', ({ run }) => this.#accept(run, () => (this.closed = true)));
    // The process that was asked before is gone: its answer will never come.
    channel.on('server/didRestart', () => this.#view !== null && this.open(this.#view));
  }

  /** Asks for a view; an unanswered older question is taken back. */
  open(view: PanelView): void {
    this.#view = view;
    clearTimeout(this.#retry);
    this.#opening?.abort();
    const opening = new AbortController();
    this.#opening = opening;
    this.channel.call('view/open', view, opening.signal).then(
      (state) => {
        if (this.#opening !== opening) return;
        this.#opening = null;
        this.data.open(state, view);
        this.closed = false;
        this.#settle('open', '');
      },
      (error: unknown) => {
        if (this.#opening !== opening || error instanceof CancelledError) return;
        this.#opening = null;
        this.#fail(view, error);
      },
    );
  }

  /** Asks for the same view again. */
  reopen(): void {
    if (this.#view !== null && this.#opening === null) this.open(this.#view);
  }

  #fail(view: PanelView, error: unknown): void {
    const unknown = error instanceof RemoteError && error.code === 'run.unknown';
    if (unknown && view.run === null) {
      this.#retry = setTimeout(() => this.reopen(), RETRY_MS);
      this.#settle('empty', '');
    } else if (unknown && this.data.run !== null) {
      this.closed = true;
      this.#settle('open', '');
    } else if (unknown) {
      this.open({ ...view, run: null, window: null });
    } else {
      this.#settle('error', messageOf(error));
    }
  }

  #settle(status: SessionStatus, message: string): void {
    this.status = status;
    this.message = message;
    this.onChange();
  }

  /** Events of a run that is no longer shown may still be on their way. */
  #accept(run: string, apply: () => void): void {
    if (this.data.run?.summary.id === run) this.#change(apply);
  }

  #change(apply: () => void): void {
    if (this.status !== 'open') return;
    apply();
    this.onChange();
  }
}
