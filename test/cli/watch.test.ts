import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { ServedFile, startServer } from '../lib/httpServer';
import { buildServer } from '../lib/serverProcess';
import { until } from '../lib/until';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-watch-'));
before(() => buildServer(folder));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Update {
  readonly schema: number;
  readonly state: string;
  readonly step: number;
  readonly points: number;
  readonly loss: number;
  readonly fault: string | null;
}

function lossline(...args: string[]): {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  code: Promise<number | null>;
} {
  const child = spawn(process.execPath, [path.join(folder, 'cli.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out: () => out, err: () => err, code };
}

const updates = (text: string): Update[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Update);

const lines = (from: number, to: number): string => {
  let text = '';
  for (let step = from; step < to; step++)
    text += `{"step": ${step}, "loss": ${(2 + 3 / (step + 1)).toFixed(5)}, "lr": 0.001}\n`;
  return text;
};

test('one JSON line per update of a growing file, and a clean end with Ctrl+C', {
  skip: process.platform === 'win32',
}, async () => {
  const log = path.join(folder, 'a:b.jsonl');
  fs.writeFileSync(log, lines(0, 100));
  const { child, out, err, code } = lossline('watch', log, '--json');
  await until('the first update', () => out().includes('\n'), err);
  fs.appendFileSync(log, lines(100, 120));
  await until(
    'the second update',
    () => updates(out()).some(({ step }) => step === 119),
    () => out() + err(),
  );
  child.kill('SIGINT');
  assert.equal(await code, 130);
  assert.equal(err(), '');
  const all = updates(out());
  assert.deepEqual([all[0]!.schema, all[0]!.state, all[0]!.step, all[0]!.loss], [1, 'live', 99, 2.03]);
});

test('a file of a web server and the output of a command, told in words', async () => {
  const file = new ServedFile();
  file.set(lines(0, 50));
  const server = await startServer((request, response) => file.answer(request, response));
  try {
    const web = lossline('watch', `${server.url}/train.jsonl`, '--once');
    assert.equal(await web.code, 0, web.err());
    assert.match(web.out(), /^train\.jsonl: live, step 49, loss 2\.06/);
  } finally {
    await server.stop();
  }
  const log = path.join(folder, 'command.jsonl');
  fs.writeFileSync(log, lines(0, 30));
  const script = path.join(folder, 'print.cjs');
  fs.writeFileSync(script, `process.stdout.write(require('fs').readFileSync(${JSON.stringify(log)}));`);
  const source = `cmd+never:${JSON.stringify([process.execPath, script])}`;
  const command = lossline('watch', source, '--json');
  await until(
    'the output of the command',
    () => updates(command.out()).some(({ step }) => step === 29),
    () => command.out() + command.err(),
  );
  command.child.kill();
  await command.code;
});

test('a time-out ends it, with what there was', async () => {
  const log = path.join(folder, 'short.jsonl');
  fs.writeFileSync(log, lines(0, 40));
  const { code, out, err } = lossline('watch', log, '--timeout', '0.1', '--json');
  assert.equal(await code, 0, err());
  assert.equal(updates(out()).at(-1)!.step, 39);
});

test('what cannot be followed ends with code 1 and says what to do', async () => {
  const cases: readonly [args: string[], code: number, error: string, words: RegExp][] = [
    [['watch', path.join(folder, 'none.log')], 1, 'file.notFound', /no file or folder/],
    [['watch', 'cmd:no-such-program-x logs'], 1, 'remote.noProgram', /Install it/],
    [['watch', 'http://127.0.0.1:9/x.log'], 1, 'remote.unreachable', /refused|cannot be reached/],
    [['watch', 'ftp://host/x'], 2, 'argument.invalid', /no known kind of source/],
    [['watch'], 2, 'argument.invalid', /Name one source/],
  ];
  for (const [args, wanted, error, words] of cases) {
    const { code, err } = lossline(...args, '--json');
    assert.equal(await code, wanted, args.join(' '));
    const fault = (JSON.parse(err()) as { error: { code: string; message: string } }).error;
    assert.equal(fault.code, error);
    assert.match(fault.message, words);
  }
});
