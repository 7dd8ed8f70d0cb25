import { CancelSource } from '../../core/cancel';
import { CancelledError, messageOf } from '../../core/errors';

/** Faults of a message, as JSON-RPC 2.0 numbers them. */
export const FAULT = { parse: -32700, request: -32600, method: -32601, params: -32602, internal: -32603 } as const;

/** Longer messages are not taken: no request comes near. */
const MAX_MESSAGE = 1 << 20;

/** A fault that is answered as an error of the protocol. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

type Id = string | number;

/** Answers a request; throws `RpcError`. What it returns after `signal` has aborted is not sent. */
export type Handler = (params: unknown, signal: CancelSource) => unknown;

/**
 * The serving side of JSON-RPC 2.0 over lines, one message each, as the Model Context Protocol has it on standard input and
 * output. A request that the client cancels is not answered.
 */
export class RpcConnection {
  readonly #running = new Map<Id, CancelSource>();
  #rest = '';
  #isTooLong = false;

  constructor(
    readonly handlers: Readonly<Record<string, Handler>>,
    readonly write: (line: string) => void,
  ) {}

  /** Takes what was read, cut anywhere. */
  receive(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
    if (this.#rest.length <= MAX_MESSAGE) return;
    this.#rest = '';
    this.#isTooLong = true;
  }

  notify(method: string, params: object): void {
    this.#send({ method, params });
  }

  /** The client is gone: ends everything that still runs. */
  close(): void {
    for (const signal of this.#running.values()) signal.abort();
    this.#running.clear();
  }

  #line(line: string): void {
    const isTooLong = this.#isTooLong || line.length > MAX_MESSAGE;
    this.#isTooLong = false;
    if (isTooLong) this.#fail(null, FAULT.request, `A message takes at most ${MAX_MESSAGE} characters.`);
    else if (line.trim() !== '') this.#text(line);
  }

  #text(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch (error) {
      this.#fail(null, FAULT.parse, messageOf(error));
      return;
    }
    this.#message(message);
  }

  #message(message: unknown): void {
    const { jsonrpc, id, method, params } = (message ?? {}) as Readonly<Record<string, unknown>>;
    const isId = typeof id === 'string' || typeof id === 'number';
    if (jsonrpc !== '2.0' || (id !== undefined && !isId) || (method !== undefined && typeof method !== 'string')) {
      this.#fail(isId ? id : null, FAULT.request, 'Not a message of JSON-RPC 2.0.');
    } else if (method !== undefined) {
      if (isId) void this.#request(id, method, params);
      else if (method === 'notifications/cancelled') this.#cancel(params);
    }
  }

  async #request(id: Id, method: string, params: unknown): Promise<void> {
    if (this.#running.has(id)) {
      this.#fail(id, FAULT.request, `The request ${id} is still running.`);
      return;
    }
    const signal = new CancelSource();
    this.#running.set(id, signal);
    try {
      const result = await this.#handler(method)(params, signal);
      if (!signal.aborted) this.#send({ id, result });
    } catch (error) {
      if (signal.aborted || error instanceof CancelledError) return;
      this.#fail(id, error instanceof RpcError ? error.code : FAULT.internal, messageOf(error));
    } finally {
      if (this.#running.get(id) === signal) this.#running.delete(id);
    }
  }

  #handler(method: string): Handler {
    const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method] : undefined;
    if (handler === undefined) throw new RpcError(FAULT.method, `There is no method ${method}.`);
    return handler;
  }

  #cancel(params: unknown): void {
    const id = (params as { requestId?: Id } | undefined)?.requestId;
    if (id === undefined) return;
    this.#running.get(id)?.abort();
    this.#running.delete(id);
  }

  #fail(id: Id | null, code: number, message: string): void {
    this.#send({ id, error: { code, message } });
  }

  #send(message: object): void {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}
