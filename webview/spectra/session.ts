import { CancelledError, messageOf } from '../../src/core/errors';
import type { PanelChannel } from '../../src/protocol/channel';
import type { SpectraPanelContract } from '../../src/protocol/spectra';
import { type MatrixKey, matrixKey, SpectraData } from './data';

/** Where a session stands: `loading` lasts until the first answer. */
export type SessionStatus = 'loading' | 'open' | 'error';

/** Keeps the data of the panel equal to what the background process knows. */
export class Session {
  readonly data = new SpectraData();
  status: SessionStatus = 'loading';
  /** Why there is nothing, when the status is `error`. */
  message = '';
  readonly #asked = new Set<string>();
  #path = '';

  constructor(
    readonly channel: PanelChannel<SpectraPanelContract>,
    readonly onChange: () => void,
  ) {
    const { data } = this;
    const take = <T>(apply: (body: T) => void) => {
      return (body: T): void => {
        if (this.status !== 'open') return;
        apply(body);
        onChange();
      };
    };
    channel.on(
      'checkpoints/didChange',
      take((changed) => data.takeCheckpoints(changed)),
    );
    channel.on(
      'tensors/didArrive',
      take((batches) => {
        data.takeTensors(batches);
        this.#asked.clear();
      }),
    );
    channel.on(
      'facts/didArrive',
      take((facts) => data.takeFacts(facts)),
    );
    channel.on(
      'scales/didChange',
      take((scales) => data.takeScales(scales)),
    );
    channel.on(
      'comparison/didChange',
      take((comparison) => {
        data.comparison = comparison;
      }),
    );
    // The process that was asked before is gone, and its results with it: it begins again.
    channel.on('server/didRestart', () => this.open(this.#path));
  }

  /** Asks for everything; an empty path is the one that the host knows. */
  open(path: string): void {
    this.#path = path;
    this.channel.call('view/open', { path, analyse: 'always' }).then(
      (state) => {
        this.#path = state.path;
        this.#asked.clear();
        this.data.open(state);
        this.#settle('open', '');
      },
      (error: unknown) => {
        if (!(error instanceof CancelledError)) this.#settle('error', messageOf(error));
      },
    );
  }

  reopen(): void {
    this.open(this.#path);
  }

  /** Asks for a matrix in full, once. */
  want(key: MatrixKey): void {
    const id = matrixKey(key);
    if (this.data.matrices.has(id) || this.#asked.has(id)) return;
    this.#asked.add(id);
    this.channel.call('spectra/matrix', key).then(
      (matrix) => {
        this.data.matrices.set(id, matrix);
        this.onChange();
      },
      () => undefined,
    );
  }

  #settle(status: SessionStatus, message: string): void {
    this.status = status;
    this.message = message;
    this.onChange();
  }
}
