import { LosslineError } from '../../core/errors';
import { Backoff } from '../../core/sources/remote/backoff';
import { httpFault } from '../../core/sources/remote/httpFault';
import { parseAnswer } from '../../core/sources/remote/jsonAnswer';
import { type HttpRequest, sendRequest } from './httpRequest';

/** Largest answer in bytes: a page of 25 000 points takes 3 MB. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** A server that answers in JSON. After failures in a row it is asked ever more rarely, by all its runs together. */
export class JsonServer {
  readonly #backoff = new Backoff();
  #fault: Error | undefined;

  constructor(
    /** Address without a slash at its end. */
    readonly base: string,
    /** The `Authorization` header; `undefined` without a key. */
    readonly authorization?: string,
  ) {}

  /** The JSON at a path below the address. Throws in words: `remote.unreachable`, `remote.auth`, `remote.notFound`, … */
  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const search = new URLSearchParams(query).toString();
    return this.#send(`${path}${search === '' ? '' : `?${search}`}`, {});
  }

  /** The answer to a JSON question. Throws as `get` does. */
  post(path: string, question: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return this.#send(path, { method: 'POST', headers, body: JSON.stringify(question) });
  }

  async #send(path: string, request: HttpRequest): Promise<unknown> {
    if (this.#fault !== undefined && this.#backoff.wait(Date.now()) > 0) throw this.#fault;
    try {
      const answer = await this.#exchange(path, request);
      this.#backoff.succeed();
      this.#fault = undefined;
      return answer;
    } catch (error) {
      this.#fault = error as Error;
      this.#backoff.fail(Date.now());
      throw error;
    }
  }

  async #exchange(path: string, request: HttpRequest): Promise<unknown> {
    const answer = await sendRequest(`${this.base}${path}`, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
      authorization: this.authorization,
    });
    if (answer.status !== 200) {
      answer.drop();
      throw httpFault(answer.status, answer.server);
    }
    const encoding = answer.headers.get('content-encoding');
    // `fetch` has undone these; the limit holds for what it undid them to.
    if (encoding !== null && !/^(identity|gzip|deflate|br)$/.test(encoding)) {
      answer.drop();
      throw new LosslineError('remote.protocol', `${answer.server} answered in an encoding that was not asked for.`);
    }
    return parseAnswer(await answer.body(MAX_ANSWER), path.replace(/\?.*$/, ''));
  }
}
