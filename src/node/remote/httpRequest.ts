import { LosslineError, messageOf } from '../../core/errors';
import { connectionFault } from '../../core/sources/remote/httpFault';

/** Milliseconds until the head of an answer must be there, and between two pieces of its body. */
const PATIENCE = 20_000;
const MAX_REDIRECTS = 5;

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent to the origin of the address only, never to where it redirects. */
  readonly authorization?: string | undefined;
  /** Milliseconds to wait for the head of the answer, and between two pieces of its body. */
  readonly patience?: number;
}

/** The head of an answer; its body is read or dropped. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Host and port that answered. */
  readonly server: string;
  /** The whole body. Throws `remote.tooLarge` above `limit` bytes, `remote.unreachable` when it stalls or is cut off. */
  body(limit: number): Promise<Uint8Array>;
  drop(): void;
}

/**
 * One request over HTTP or HTTPS. Follows at most five redirects, never from HTTPS to HTTP. Throws `remote.unreachable`
 * in words when there is no answer; an answer of any status is returned. Source: RFC 9110, section 15.4.
 */
export async function sendRequest(address: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  let url = new URL(address);
  const { origin } = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await sendOnce(url, request, url.origin === origin);
    const target = answer.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || target === null) return answer;
    answer.drop();
    if ((request.method ?? 'GET') !== 'GET') throw protocol(`${answer.server} redirects a question that must not be.`);
    const next = parseUrl(target, url);
    if (next === undefined || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      throw protocol(`${answer.server} redirects to an address that is not safe to follow.`);
    }
    url = next;
  }
  throw protocol(`${url.host} redirects without end.`);
}

function parseUrl(target: string, base: URL): URL | undefined {
  if (!URL.canParse(target, base.href)) return undefined;
  const url = new URL(target, base.href);
  return ['http:', 'https:'].includes(url.protocol) && url.username === '' ? url : undefined;
}

async function sendOnce(url: URL, request: HttpRequest, isOrigin: boolean): Promise<HttpAnswer> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const patience = request.patience ?? PATIENCE;
  const timer = setTimeout(stop, patience);
  const headers: Record<string, string> = { 'accept-encoding': 'identity', ...request.headers };
  if (isOrigin && request.authorization !== undefined) headers.authorization = request.authorization;
  try {
    const response = await fetch(url.href, {
      method: request.method ?? 'GET',
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: controller.signal,
    });
    return {
      status: response.status,
      headers: response.headers,
      server: url.host,
      body: (limit) => readBody(response, { controller, server: url.host, limit, patience }),
      drop: stop,
    };
  } catch (error) {
    throw connectionFault(causeOf(error), url.host);
  } finally {
    clearTimeout(timer);
  }
}

interface BodyRules {
  readonly controller: AbortController;
  readonly server: string;
  readonly limit: number;
  readonly patience: number;
}

async function readBody(response: Response, { controller, server, limit, patience }: BodyRules): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timer = setTimeout(() => controller.abort(), patience);
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), patience);
      length += chunk.length;
      if (length > limit) throw new LosslineError('remote.tooLarge', `${server} sent more than ${limit} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    controller.abort();
    throw error instanceof LosslineError ? error : connectionFault(causeOf(error), server);
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks, length);
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'ETIMEDOUT';
  const cause = (error as { cause?: { code?: string } }).cause;
  if (cause?.code !== undefined) return cause.code;
  return messageOf(error) === 'terminated' ? 'ECONNRESET' : messageOf(error).slice(0, 100);
}

function protocol(message: string): LosslineError {
  return new LosslineError('remote.protocol', message);
}
