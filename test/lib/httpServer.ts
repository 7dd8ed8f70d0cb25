import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on loopback whose answers a test writes. */
export interface TestServer {
  readonly url: string;
  /** Requests so far: method, path and headers. */
  readonly requests: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];
  stop(): Promise<void>;
}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

export async function startServer(handler: Handler): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      requests.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      handler(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A file as a web server gives it out: ranges, `If-Range`, `If-None-Match`, 416. Source: RFC 9110, sections 13 and 14. */
export class ServedFile {
  content = Buffer.alloc(0);
  ranges = true;
  /** Without it the server knows no versions. */
  tagged = true;
  #version = 0;

  set(text: string): void {
    this.content = Buffer.from(text);
    this.#version++;
  }

  append(text: string): void {
    this.set(this.content.toString('utf8') + text);
  }

  get etag(): string {
    return `"v${this.#version}"`;
  }

  answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const head: Record<string, string> = this.tagged ? { etag: this.etag } : {};
    if (this.tagged && request.headers['if-none-match'] === this.etag) {
      response.writeHead(304, head).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const condition = request.headers['if-range'];
    if (!this.ranges || range === null || (condition !== undefined && condition !== this.etag)) {
      response.writeHead(200, { ...head, 'content-length': this.content.length }).end(this.content);
      return;
    }
    const first = Number(range[1]);
    const last = Math.min(range[2] === '' ? Number.POSITIVE_INFINITY : Number(range[2]), this.content.length - 1);
    if (first > last) {
      response.writeHead(416, { ...head, 'content-range': `bytes */${this.content.length}` }).end();
      return;
    }
    const piece = this.content.subarray(first, last + 1);
    const contentRange = `bytes ${first}-${last}/${this.content.length}`;
    response.writeHead(206, { ...head, 'content-range': contentRange, 'content-length': piece.length }).end(piece);
  }
}
