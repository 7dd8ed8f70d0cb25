import { CancelledError, messageOf } from '../../src/core/errors';
import type { RunId } from '../../src/core/model';
import type { PanelChannel } from '../../src/protocol/channel';
import type {
  CompareCurve,
  CompareLook,
  ComparePanelContract,
  CompareProgress,
  CompareRow,
  Configs,
  Standings,
} from '../../src/protocol/compare';
import type { CompareData } from './entry';

/** Where a session stands; `loading` lasts until the first answer. */
export type SessionStatus = 'loading' | 'open' | 'error';

const NO_STANDINGS: Standings = { series: null, choices: [], hopeless: 0, byRun: {} };

/** Keeps the data of a compare panel equal to what the background process knows. */
export class Session implements CompareData {
  readonly rows = new Map<RunId, CompareRow>();
  readonly curves = new Map<RunId, CompareCurve>();
  configs: Configs = { shared: {}, own: {} };
  standings: Standings = NO_STANDINGS;
  progress: CompareProgress = { done: 0, of: 0 };
  status: SessionStatus = 'loading';
  /** Why there is nothing, when the status is `error`. */
  message = '';
  #opening: AbortController | null = null;
  /** What is compared, as the host said; `null`: all runs. */
  runs: readonly RunId[] | null = null;
  /** Runs that the user has hidden in the Runs view. */
  hidden: readonly RunId[] = [];
  #look: CompareLook | null = null;
  #asked = '';

  constructor(
    readonly channel: PanelChannel<ComparePanelContract>,
    readonly onChange: () => void,
  ) {
    channel.on('rows/didChange', ({ rows, removed, progress }) =>
      this.#change(() => {
        for (const row of rows) this.rows.set(row.run, row);
        for (const run of removed) for (const held of [this.rows, this.curves]) held.delete(run);
        this.progress = progress;
      }),
    );
    channel.on('configs/didChange', (configs) => this.#change(() => (this.configs = configs)));
    channel.on('standings/didChange', (standings) => this.#change(() => (this.standings = standings)));
    channel.on('curves/didChange', (curves) =>
      this.#change(() => {
        for (const curve of curves) this.curves.set(curve.run, curve);
      }),
    );
    // The host tells this before the first answer, too.
    channel.on('hidden/didChange', ({ runs }) => {
      this.hidden = runs;
      if (this.status === 'open') this.onChange();
    });
    // The process that was asked before is gone: its answer will never come.
    channel.on('server/didRestart', () => this.open(this.runs));
  }

  /** Asks for runs, all of them for `null`; an unanswered older question is taken back. */
  open(runs: readonly RunId[] | null): void {
    this.runs = runs;
    this.#opening?.abort();
    const opening = new AbortController();
    this.#opening = opening;
    const pinned = this.#look?.pinned ?? null;
    this.channel.call('view/open', { runs, pinned }, opening.signal).then(
      (state) => {
        if (this.#opening !== opening) return;
        this.rows.clear();
        this.curves.clear();
        for (const row of state.rows) this.rows.set(row.run, row);
        Object.assign(this, {
          runs: state.runs,
          configs: state.configs,
          standings: state.standings,
          progress: state.progress,
        });
        this.#asked = '';
        this.#settle('open', '');
      },
      (error: unknown) => {
        if (this.#opening === opening && !(error instanceof CancelledError)) this.#settle('error', messageOf(error));
      },
    );
  }

  /** Says what is looked at, when that has changed. */
  look(look: CompareLook): void {
    if (this.status !== 'open') return;
    this.#look = look;
    const asked = JSON.stringify(look);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.channel.call('view/look', look).catch((error: unknown) => {
      if (!(error instanceof CancelledError)) this.#asked = '';
    });
  }

  #settle(status: SessionStatus, message: string): void {
    this.status = status;
    this.message = message;
    this.onChange();
  }

  #change(apply: () => void): void {
    if (this.status !== 'open') return;
    apply();
    this.onChange();
  }
}
