import type { CancelSignal } from '../core/cancel';
import { CancelledError, messageOf } from '../core/errors';
import { PROTOCOL_VERSION } from './version';

/** What two sides may say to each other: requests of the panel with their results, and events by direction. */
export interface Contract {
  readonly requests: Record<string, { params: unknown; result: unknown }>;
  readonly toPanel: Record<string, unknown>;
}

/** The envelope of every message between a panel and its host. */
export type Envelope =
  | { readonly v: number; readonly kind: 'request'; readonly id: number; readonly name: string; readonly body: unknown }
  | { readonly v: number; readonly kind: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly v: number; readonly kind: 'cancel'; readonly id: number }
  | { readonly v: number; readonly kind: 'event'; readonly name: string; readonly body: unknown };

/** A reply always says whether it worked. */
export type Reply = { readonly ok: unknown } | { readonly error: { readonly code: string; readonly message: string } };

/** Guard for anything that arrives over a message port. */
export function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { v, kind } = value as { v?: unknown; kind?: unknown };
  return v === PROTOCOL_VERSION && (kind === 'request' || kind === 'reply' || kind === 'cancel' || kind === 'event');
}

/** An error that the other side reported. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: unknown;
}

/** Timer functions of the environment: the protocol itself knows neither Node nor DOM. */
export interface Timers {
  set(callback: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
}

/** The asking side of a contract: calls become envelopes, replies become promises, events go to their listeners. */
export class PanelChannel<C extends Contract> {
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, (body: never) => void>();
  #nextId = 1;

  constructor(
    readonly post: (message: Envelope) => void,
    readonly timers: Timers,
    readonly timeoutMs = 30_000,
  ) {}

  /** Asks the host. Rejects with `RemoteError` from the other side or on time-out, `CancelledError` when aborted. */
  call<N extends keyof C['requests'] & string>(
    name: N,
    body: C['requests'][N]['params'],
    signal?: CancelSignal,
  ): Promise<C['requests'][N]['result']> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.timers.clear(pending.timer);
        this.#pending.delete(id);
      };
      const pending: Pending = {
        resolve: (value) => {
          settle();
          resolve(value as C['requests'][N]['result']);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        timer: this.timers.set(
          () => pending.reject(new RemoteError('timeout', `No answer to ${name} within ${this.timeoutMs / 1000} s.`)),
          this.timeoutMs,
        ),
      };
      this.#pending.set(id, pending);
      signal?.addEventListener('abort', () => {
        if (!this.#pending.has(id)) return;
        this.post({ v: PROTOCOL_VERSION, kind: 'cancel', id });
        pending.reject(new CancelledError());
      });
      this.post({ v: PROTOCOL_VERSION, kind: 'request', id, name, body });
    });
  }

  /** Registers the one listener of an event. */
  on<N extends keyof C['toPanel'] & string>(name: N, listener: (body: C['toPanel'][N]) => void): void {
    this.#listeners.set(name, listener as (body: never) => void);
  }

  /** Takes one message of the host. Returns false for a message that nobody waits for. */
  receive(message: unknown): boolean {
    if (!isEnvelope(message)) return false;
    if (message.kind === 'event') {
      const listener = this.#listeners.get(message.name);
      listener?.(message.body as never);
      return listener !== undefined;
    }
    if (message.kind !== 'reply') return false;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return false;
    if ('ok' in message.reply) pending.resolve(message.reply.ok);
    else pending.reject(new RemoteError(message.reply.error.code, message.reply.error.message));
    return true;
  }
}

/** Runs a handler and wraps what it gives or throws as a reply. */
export async function replyOf(handler: () => Promise<unknown>): Promise<Reply> {
  try {
    return { ok: (await handler()) ?? null };
  } catch (error) {
    const code = typeof (error as { code?: unknown }).code === 'string' ? (error as { code: string }).code : 'internal';
    return { error: { code, message: messageOf(error) } };
  }
}
