import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { Roots } from '../../src/cli/mcp/roots';
import { mcpServer } from '../../src/cli/mcp/server';
import { TOOLS } from '../../src/cli/mcp/tools';
import type { JobPool } from '../../src/core/engine/jobs';
import { CancelledError } from '../../src/core/errors';
import { InlinePool } from '../../src/node/inlinePool';
import { gaussian } from '../core/spectra/matrices';
import { McpClient, type Message } from '../lib/mcpClient';
import { f32, safetensors } from '../lib/safetensors';
import { buildServer } from '../lib/serverProcess';
import { until, within } from '../lib/until';

const bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-mcp-'));
const root = path.join(bundles, 'root');
/** Another folder, without code that could say a plan. */
const bare = path.join(bundles, 'bare');
const CURVE = 'test/fixtures/curves';

before(async () => {
  await buildServer(bundles);
  for (const folder of [root, bare]) fs.mkdirSync(folder);
  fs.cpSync('media/sample', root, { recursive: true });
  const rows = Array.from({ length: 300 }, (_, i) => `{"step": ${i}, "loss": ${i < 200 ? 4 - i / 100 : 'NaN'}}`);
  fs.writeFileSync(path.join(root, 'lost.jsonl'), `${rows.join('\n')}\n`);
  fs.writeFileSync(path.join(bare, 'unplanned.jsonl'), `${rows.slice(0, 200).join('\n')}\n`);
  const matrix = (name: string, seed: number) => ({
    name,
    dtype: 'F32',
    shape: [64, 48],
    bytes: f32(gaussian(64, 48, seed)),
  });
  fs.writeFileSync(
    path.join(root, 'model.safetensors'),
    safetensors([matrix('layers.0.mlp.weight', 1), matrix('layers.1.mlp.weight', 2)]),
  );
  fs.writeFileSync(path.join(bundles, 'outside.jsonl'), '{"step": 1, "loss": 3}\n');
  fs.symlinkSync(path.join(bundles, 'outside.jsonl'), path.join(root, 'link.jsonl'));
});
after(() => fs.rmSync(bundles, { recursive: true, force: true }));

/** A server in this process and what it wrote; `say` sends messages and waits for as many replies. */
async function serverHere(pool: () => JobPool = () => new InlinePool()) {
  const replies: Message[] = [];
  const write = (line: string): void => {
    assert.ok(line.endsWith('\n') && line.indexOf('\n') === line.length - 1, 'a message is one line');
    replies.push(JSON.parse(line) as Message);
  };
  const server = mcpServer({ roots: await Roots.of([root, bare]), pool, write });
  const say = async (text: string, count: number): Promise<Message[]> => {
    const before = replies.length;
    server.receive(text);
    await until(`${count} replies`, () => replies.length >= before + count);
    return replies.slice(before, before + count);
  };
  return { server, say, replies };
}

const request = (id: unknown, method: string, params: object = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;

test('a client lists the tools, calls each, and gets text and data', async (t) => {
  const client = new McpClient(bundles, [root]);
  t.after(() => client.close());
  const hello = await client.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {} });
  assert.equal(hello.result!.protocolVersion, '2025-06-18');
  assert.deepEqual(hello.result!.capabilities, { tools: {} });
  client.notify('notifications/initialized');
  const { tools } = (await client.request('tools/list')).result as { tools: { name: string; inputSchema: object }[] };
  assert.deepEqual(
    tools.map(({ name }) => name),
    TOOLS.map(({ name }) => name),
  );

  const runs = await client.call('list_runs', { paths: ['runs'] });
  const [run] = runs.structuredContent.runs as { name: string; plan: { totalSteps: number } }[];
  assert.deepEqual([run!.name, run!.plan.totalSteps], ['gpt-124m', 25_000]);
  assert.ok(!('config' in run!), 'details only when asked for');
  assert.match(runs.content[0]!.text, /gpt-124m.*\n.*train_loss/);

  const log = 'runs/gpt-124m/metrics.jsonl';
  const forecast = await client.call('predict_final_loss', { path: log, until: 12_000, at: 20_000, target: 3.2 });
  const { schema, finalLoss, at } = forecast.structuredContent as Record<string, { value: number; step: number }>;
  assert.equal(schema, 1);
  assert.ok(Math.abs(finalLoss!.value - 3.05) < 0.25, String(finalLoss!.value));
  assert.equal(at!.step, 20_000);
  assert.ok(!('report' in forecast.structuredContent));
  assert.match(forecast.content[0]!.text, /final loss +3\.\d+\s±\s/);
  const reported = await client.call('predict_final_loss', { path: log, report: true, prior: 'none' });
  assert.ok('report' in reported.structuredContent);

  const warned = await client.call('explain_warnings', { paths: ['lost.jsonl'], only: ['nonFinite'] });
  assert.equal((warned.structuredContent.warnings as { id: string }[])[0]!.id, 'nonFinite');
  assert.match(warned.content[0]!.text, /step 200 \(nonFinite\)/);

  const measured = await client.call('measure_spectra', { path: 'model.safetensors', limit: 1 });
  assert.equal((measured.structuredContent.tensors as unknown[]).length, 1);
  assert.equal(measured.structuredContent.leftOut, 1);

  const hinted = await client.call('explain_hyperparameters', { files: ['train.py'], run: log });
  assert.ok((hinted.structuredContent.hints as unknown[]).length > 0);

  const curve = path.resolve(CURVE);
  const outside = await client.call('compare_runs', { paths: [log, curve] });
  assert.equal(outside.isError, true);
  assert.equal(await client.close(), 0);
});

test('two runs are compared', async () => {
  fs.cpSync(path.join(root, 'runs/gpt-124m'), path.join(root, 'runs/again'), { recursive: true });
  const { say } = await serverHere();
  const call = { name: 'compare_runs', arguments: { paths: ['runs'], until: 12_000 } };
  const [reply] = await say(request(1, 'tools/call', call), 1);
  const { runs, leftOut } = (reply!.result as { structuredContent: { runs: { rank: number }[]; leftOut: number } })
    .structuredContent;
  assert.deepEqual([runs.map(({ rank }) => rank).sort(), leftOut], [[1, 2], 0]);
});

test('versions: the one asked for, else the newest', async () => {
  const { say } = await serverHere();
  const versions = ['2024-11-05', '2025-03-26', '2025-11-25', '1999-01-01', 7];
  const asked = versions.map((protocolVersion, id) => request(id, 'initialize', { protocolVersion })).join('');
  const given = (await say(asked, versions.length)).map(({ result }) => result!.protocolVersion);
  assert.deepEqual(given, ['2024-11-05', '2025-03-26', '2025-11-25', '2025-11-25', '2025-11-25']);
});

const FAULTS: readonly [name: string, line: string, code: number, id: unknown][] = [
  ['no JSON', '{"jsonrpc": "2.0", "id": 1,\n', -32700, null],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n', -32600, null],
  ['a number', '17\n', -32600, null],
  ['null', 'null\n', -32600, null],
  ['another version', '{"jsonrpc":"1.0","id":4,"method":"ping"}\n', -32600, 4],
  ['an id that is none', '{"jsonrpc":"2.0","id":{},"method":"ping"}\n', -32600, null],
  ['a method that is none', '{"jsonrpc":"2.0","id":5,"method":{}}\n', -32600, 5],
  ['an unknown method', request('a', 'resources/list'), -32601, 'a'],
  ['a name of every object', request('b', 'constructor'), -32601, 'b'],
  ['an unknown tool', request(6, 'tools/call', { name: 'rm', arguments: {} }), -32602, 6],
  ['no parameters', '{"jsonrpc":"2.0","id":7,"method":"tools/call"}\n', -32602, 7],
  ['a message without end', `${'x'.repeat(1.5 * 2 ** 20)}\n`, -32600, null],
];

test('what is no message is answered as the protocol says, and the server lives on', async () => {
  const { say } = await serverHere();
  for (const [name, line, code, id] of FAULTS) {
    const [reply] = await say(line, 1);
    assert.deepEqual([reply!.error?.code, reply!.id], [code, id], name);
  }
  const [pong] = await say(request(99, 'ping'), 1);
  assert.deepEqual(pong!.result, {});
});

test('messages may be cut anywhere, and replies and notifications are not answered', async () => {
  const { server, say } = await serverHere();
  const silent = '{"jsonrpc":"2.0","id":3,"result":{}}\n\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n';
  for (const letter of silent + request(1, 'ping').slice(0, -1)) server.receive(letter);
  const replies = await say('\n', 1);
  assert.deepEqual(replies, [{ jsonrpc: '2.0', id: 1, result: {} }]);
});

const REFUSED: readonly [tool: string, input: unknown, code: string, words: RegExp][] = [
  ['predict_final_loss', {}, 'argument.invalid', /path is missing/],
  ['predict_final_loss', [], 'argument.invalid', /no object/],
  ['predict_final_loss', { path: 'train.py', untill: 3 }, 'argument.invalid', /no input untill: path/],
  [
    'predict_final_loss',
    { path: 'train.py', __proto__: 3, constructor: 1 },
    'argument.invalid',
    /no input constructor/,
  ],
  ['predict_final_loss', { path: 7 }, 'argument.invalid', /path takes a text/],
  ['predict_final_loss', { path: 'a\u0000b' }, 'argument.invalid', /path takes a text/],
  ['predict_final_loss', { path: 'lost.jsonl', total_steps: 0 }, 'argument.invalid', /a number above 0/],
  ['predict_final_loss', { path: 'lost.jsonl', law: 'moore' }, 'argument.invalid', /one of /],
  ['predict_final_loss', { path: 'lost.jsonl', report: 'yes' }, 'argument.invalid', /true or false/],
  ['predict_final_loss', { path: 'none.log' }, 'file.notFound', /no file or folder/],
  ['predict_final_loss', { path: path.join(bare, 'unplanned.jsonl') }, 'plan.missing', /planned/],
  ['predict_final_loss', { path: '../outside.jsonl' }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: '/etc/passwd' }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: 'link.jsonl' }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: '../none/there.log' }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: 'lost.jsonl', prior: '../p.json' }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: 'lost.jsonl', schedule: '/s.csv' }, 'argument.invalid', /outside of the folders/],
  ['compare_runs', { paths: ['lost.jsonl'], history: ['..'] }, 'argument.invalid', /outside of the folders/],
  ['predict_final_loss', { path: 'ssh://host/train.log' }, 'file.notFound', /no file or folder/],
  ['predict_final_loss', { path: '--report' }, 'file.notFound', /no file or folder/],
  ['explain_warnings', { paths: [] }, 'argument.invalid', /a list of 1 to 100/],
  ['explain_warnings', { paths: ['lost.jsonl'], only: ['boredom'] }, 'argument.invalid', /no warning of the kind/],
  ['list_runs', { paths: ['runs'], limit: 1.5 }, 'argument.invalid', /a whole number above 0 up to 1000/],
];

test('a call that cannot be answered says why, in words and as data', async () => {
  const { say } = await serverHere();
  for (const [name, input, code, words] of REFUSED) {
    const [reply] = await say(request(1, 'tools/call', { name, arguments: input }), 1);
    const result = reply!.result as { isError: boolean; content: { text: string }[]; structuredContent: never };
    assert.ok(result.isError, `${name} ${JSON.stringify(input)} was answered`);
    const { error } = result.structuredContent as { error: { code: string; message: string } };
    assert.equal(error.code, code, `${name} ${JSON.stringify(input)}: ${error.message}`);
    assert.match(error.message, words);
    assert.ok(result.content[0]!.text.startsWith(`${code}: `));
  }
});

/** Never answers; says when it is asked and when it is ended. */
class StuckPool implements JobPool {
  readonly asked: Promise<void>;
  readonly ended: Promise<void>;
  #ask = (): void => undefined;
  #end = (): void => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor() {
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  run(): Promise<never> {
    this.#ask();
    return new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
  }

  dispose(): void {
    this.#reject(new CancelledError());
    this.#end();
  }
}

test('a cancelled call ends its threads and is not answered', async () => {
  const pool = new StuckPool();
  const { server, say, replies } = await serverHere(() => pool);
  const path = 'runs/gpt-124m/metrics.jsonl';
  server.receive(request(1, 'tools/call', { name: 'predict_final_loss', arguments: { path } }));
  await within('the first job', pool.asked);
  const [twice] = await say(request(1, 'ping'), 1);
  assert.match(twice!.error!.message, /still running/);
  server.receive('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"enough"}}\n');
  server.receive('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\n');
  server.receive('{"jsonrpc":"2.0","method":"notifications/cancelled"}\n');
  await within('the end of the threads', pool.ended);
  await say(request(2, 'ping'), 1);
  assert.deepEqual(
    replies.map(({ id }) => id),
    [1, 2],
  );
});

test('a client that goes ends what still runs; too many calls at once are refused', async () => {
  const pools: StuckPool[] = [];
  const { server, say } = await serverHere(() => {
    pools.push(new StuckPool());
    return pools.at(-1)!;
  });
  const path = 'runs/gpt-124m/metrics.jsonl';
  const calls = Array.from({ length: 9 }, (_, id) =>
    request(id, 'tools/call', { name: 'predict_final_loss', arguments: { path } }),
  );
  const [refused] = await say(calls.join(''), 1);
  assert.equal(refused!.error!.code, -32603);
  server.close();
  await within('the end of all threads', Promise.all(pools.map(({ ended }) => ended)));
  assert.equal(pools.length, 8);
});

test('who asks for progress is told of it', async (t) => {
  const client = new McpClient(bundles, [root]);
  t.after(() => client.close());
  const params = { name: 'measure_spectra', arguments: { path: 'model.safetensors' }, _meta: { progressToken: 'p' } };
  const { result } = await client.request('tools/call', params);
  assert.ok(result);
  const [told] = client.messages.filter(({ method }) => method === 'notifications/progress');
  assert.equal(told!.params!.progressToken, 'p');
  assert.ok((told!.params!.progress as number) > 0 && (told!.params!.progress as number) <= 1);
});

test('every tool and every input is documented', () => {
  const rows = fs.readFileSync('docs/assistants.md', 'utf8').split('\n');
  for (const { name, inputs } of TOOLS) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    const named = [...row.split('|')[3]!.matchAll(/`(\w+)`/g)].map(([, input]) => input!);
    assert.deepEqual(named.sort(), Object.keys(inputs).sort(), name);
  }
});
