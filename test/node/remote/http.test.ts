import assert from 'node:assert/strict';
import type * as http from 'node:http';
import { after, before, test } from 'node:test';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { HttpFileSystem } from '../../../src/node/remote/httpFileSystem';
import { sendRequest } from '../../../src/node/remote/httpRequest';
import { readUntil, stepsOf as steps } from '../../lib/followed';
import { ServedFile, startServer, type TestServer } from '../../lib/httpServer';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const lines = (from: number, to: number): string =>
  range(from, to)
    .map((step) => `{"step": ${step}, "loss": ${(5 - step / 10_000).toFixed(4)}, "lr": 0.001}\n`)
    .join('');

/** Milliseconds after which a server that stalls is given up: in that time a slow machine answers. */
const PATIENCE = 500;

type Fault = (request: http.IncomingMessage, response: http.ServerResponse, file: ServedFile) => boolean;

const served = new Map<string, ServedFile>();
let fault: Fault = () => false;
let server: TestServer;

before(async () => {
  server = await startServer((request, response) => {
    const file = served.get(request.url!);
    if (file === undefined) response.writeHead(404).end();
    else if (!fault(request, response, file)) file.answer(request, response);
  });
});
after(() => server.stop());

function open(name: string, text: string): { served: ServedFile; file: FollowedFile } {
  const each = new ServedFile();
  each.set(text);
  served.set(`/${name}`, each);
  fault = () => false;
  const url = `${server.url}/${name}`;
  return { served: each, file: new FollowedFile(new HttpFileSystem(url), url) };
}

test('a growing file is fetched by its new bytes only', async () => {
  const { served: each, file } = open('grow.jsonl', lines(0, 2000));
  await file.poll();
  assert.deepEqual(steps(file), range(0, 2000));
  each.append(lines(2000, 2001).slice(0, 10));
  await file.poll();
  each.append(lines(2000, 2001).slice(10) + lines(2001, 2050));
  const before = server.requests.length;
  await file.poll();
  assert.deepEqual(steps(file), range(0, 2050));
  const ranges = server.requests.slice(before).map(({ headers }) => headers.range);
  assert.equal(ranges.length, 3, ranges.join(' '));
  await file.poll();
  assert.equal(server.requests.at(-1)!.headers['if-none-match'], each.etag);
});

test('truncation and another content are told from growth', async () => {
  const { served: each, file } = open('cut.jsonl', lines(0, 100));
  await file.poll();
  each.set(lines(500, 520));
  await file.poll();
  each.set(lines(900, 1100));
  await readUntil(file, 320);
  assert.deepEqual(steps(file), [...range(0, 100), ...range(500, 520), ...range(900, 1100)]);
  served.delete('/cut.jsonl');
  await file.poll();
  assert.ok(file.gone);
  served.set('/cut.jsonl', each);
  each.append(lines(1100, 1110));
  await readUntil(file, 330);
  assert.equal(steps(file).at(-1), 1109);
});

test('a file that grows between look and read is not spliced from two versions, and not starved', async () => {
  const { served: each, file } = open('race.jsonl', lines(0, 50));
  let written = 50;
  fault = (request) => {
    if (request.headers.range !== 'bytes=0-0') {
      each.append(lines(written, written + 1));
      written++;
    }
    return false;
  };
  for (let i = 0; i < 40; i++) await file.poll();
  fault = () => false;
  await readUntil(file, written);
  assert.deepEqual(steps(file), range(0, written));
});

test('a server without ranges is read whole, again only after a change, and never without bounds', async () => {
  const { served: each, file } = open('whole.jsonl', lines(0, 20));
  each.ranges = false;
  await file.poll();
  assert.deepEqual(steps(file), range(0, 20));
  each.append(lines(20, 30));
  await readUntil(file, 30);
  assert.deepEqual(steps(file), range(0, 30));
  fault = (_, response) => {
    response.writeHead(200);
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
    return true;
  };
  const endless = new HttpFileSystem(`${server.url}/whole.jsonl`);
  await assert.rejects(endless.stat(), { code: 'remote.tooLarge' });
});

test('answers that are cut off, wrong, or errors lose and double nothing', async () => {
  const { served: each, file } = open('faults.jsonl', lines(0, 300));
  const faults: Fault[] = [
    (_, response) => Boolean(response.writeHead(500).end('no')),
    (_, response) => Boolean(response.socket?.destroy()),
    (_, response, { content }) => {
      response.writeHead(206, { 'content-range': `bytes 0-99/${content.length}`, 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.socket?.destroy(), 5);
      return true;
    },
    (_, response, { content }) => {
      const wrong = content.subarray(7, 17);
      response.writeHead(206, { 'content-range': `bytes 7-16/${content.length}`, 'content-length': 10 }).end(wrong);
      return true;
    },
    (_, response) => Boolean(response.writeHead(206).end('no range named')),
    (_, response) => Boolean(response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')),
    (_, response) => Boolean(response.writeHead(429).end()),
  ];
  let written = 300;
  const words = new Set<string>();
  for (const [i, each_] of faults.entries()) {
    // A server that has failed is asked again after a pause: each fault meets a fresh client.
    let requests = 0;
    fault = (request, response, content) => ++requests > i % 3 && each_(request, response, content);
    each.append(lines(written, written + 10));
    written += 10;
    const again = new FollowedFile(new HttpFileSystem(`${server.url}/faults.jsonl`), 'x');
    await again.poll();
    if (again.fault !== undefined) words.add(again.fault.message);
    fault = () => false;
    await readUntil(again, written);
    assert.deepEqual(steps(again), range(0, written), `fault ${i}`);
    assert.equal(again.fault, undefined);
  }
  await readUntil(file, written);
  assert.deepEqual(steps(file), range(0, written));
  assert.ok(words.size >= 4, [...words].join('\n'));
});

test('a server that stalls is given up, and read on when it is back', async () => {
  const { served: each } = open('stall.jsonl', lines(0, 100));
  const stalls: Fault[] = [
    () => true,
    (_, response, { content }) => {
      response.writeHead(206, { 'content-range': `bytes 0-${content.length - 1}/${content.length}` });
      return response.write(content.subarray(0, 100)) || true;
    },
  ];
  for (const stall of stalls) {
    const url = `${server.url}/stall.jsonl`;
    const file = new FollowedFile(new HttpFileSystem(url, undefined, PATIENCE), url);
    fault = (request, response, content) => request.headers.range !== 'bytes=0-0' && stall(request, response, content);
    await file.poll();
    assert.match(file.fault!.message, /did not answer in time/);
    fault = () => false;
    await readUntil(file, 100);
    assert.deepEqual(steps(file), range(0, 100));
  }
  assert.ok(each.content.length > 0);
});

test('redirects are followed five times, and a token goes to its own server only', async () => {
  const other = await startServer((request, response) => {
    if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else response.writeHead(200).end('there');
  });
  const first = await startServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: `${other.url}/x` }).end();
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else response.writeHead(200).end(request.headers.authorization ?? '');
  });
  try {
    const text = async (url: string) =>
      (await (await sendRequest(url, { authorization: 'Bearer t' })).body(100)).toString();
    assert.equal(await text(`${first.url}/`), 'Bearer t');
    assert.equal(await text(`${first.url}/away`), 'there');
    assert.equal(other.requests[0]!.headers.authorization, undefined);
    await assert.rejects(text(`${other.url}/loop`), { code: 'remote.protocol', message: /without end/ });
    await assert.rejects(text(`${first.url}/file`), { code: 'remote.protocol', message: /not safe/ });
  } finally {
    await Promise.all([first.stop(), other.stop()]);
  }
});

test('what is wrong is told in words', async () => {
  const stat = (url: string): Promise<unknown> => new HttpFileSystem(url).stat();
  assert.equal(await stat(`${server.url}/none`), undefined);
  await assert.rejects(stat('http://127.0.0.1:9/x'), {
    code: 'remote.unreachable',
    message: /refused|cannot be reached/,
  });
  await assert.rejects(stat('http://no-such-host.invalid/x'), {
    code: 'remote.unreachable',
    // The latter where names are not answered for at all.
    message: /no known host|did not answer in time/,
  });
  open('auth.jsonl', '');
  fault = (_, response) => Boolean(response.writeHead(401).end());
  await assert.rejects(stat(`${server.url}/auth.jsonl`), { code: 'remote.auth', message: /wants a key/ });
});
