import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { type CommandLocation, formatLocation } from '../../../src/core/sources/location';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { CommandFileSystem } from '../../../src/node/remote/commandFileSystem';
import { RemoteHub } from '../../../src/node/remote/remoteHub';
import { slurmJobs } from '../../../src/node/remote/slurmJobs';
import { stepsOf as steps } from '../../lib/followed';
import { until } from '../../lib/until';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-command-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** A program that writes lines of a training, as Node runs it everywhere. */
function script(name: string, body: string): string[] {
  const file = path.join(folder, `${name}.cjs`);
  fs.writeFileSync(
    file,
    `const line = (i) => JSON.stringify({ step: i, loss: 5 - i / 1000, lr: 0.001 }) + '\\n';\n${body}`,
  );
  return [process.execPath, file];
}

type Done = (file: FollowedFile, command: CommandFileSystem) => boolean;

/** Follows a command until all that is wanted of it was read, and ends it. */
async function follow(argv: string[], restart: CommandLocation['restart'], done: Done) {
  const location: CommandLocation = { kind: 'command', argv, restart };
  const command = new CommandFileSystem(location, 50);
  const file = new FollowedFile(command, formatLocation(location));
  try {
    await command.start();
    const look = async (): Promise<boolean> => {
      await file.poll();
      return done(file, command);
    };
    await until('the output', look, () => ({ steps: steps(file), starts: command.starts, fault: file.fault?.message }));
    return { file, command };
  } finally {
    command.dispose();
  }
}

test('lines of standard output and standard error are read, torn writes and the last line included', async () => {
  const argv = script(
    'both',
    `for (let i = 0; i < 100; i++) {
       const text = line(i);
       const out = i % 2 ? process.stderr : process.stdout;
       out.write(text.slice(0, 9)); out.write(i === 99 ? text.slice(9, -1) : text.slice(9));
     }`,
  );
  const { file } = await follow(argv, 'never', (each) => steps(each).length === 100);
  assert.deepEqual(
    steps(file).sort((a, b) => a - b),
    range(0, 100),
  );
});

test('a command that dies and repeats its output is started again, and every record counts once', async () => {
  const counter = path.join(folder, 'count');
  const argv = script(
    'dies',
    `const fs = require('fs');
     const n = fs.existsSync(${JSON.stringify(counter)}) ? Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8')) : 0;
     fs.writeFileSync(${JSON.stringify(counter)}, String(n + 1));
     let text = '';
     for (let i = 0; i < 40 * (n + 1); i++) text += line(i);
     process.stdout.write(n < 5 ? text.slice(0, -7) : text, () => process.exit(n < 5 ? 1 : 0));`,
  );
  const { file, command } = await follow(argv, 'on-failure', (each) => steps(each).length >= 240);
  assert.deepEqual(steps(file), range(0, 240));
  assert.equal(command.starts, 6);
});

test('a policy of never leaves a failed command, and its words say why', async () => {
  const argv = script(
    'fails',
    `process.stdout.write(line(0) + line(1)); console.error('no such pod'); process.exitCode = 3;`,
  );
  const { file, command } = await follow(argv, 'never', (each) => each.fault !== undefined);
  assert.equal(command.starts, 1);
  assert.match(file.fault!.message, /ended with exit code 3\. It said: no such pod/);
  assert.deepEqual(steps(file), [0, 1]);
});

test('a policy of always starts again after success too', async () => {
  const argv = script('again', `process.stdout.write(line(0) + line(1) + line(2));`);
  const { file } = await follow(argv, 'always', (each, { starts }) => starts >= 4 && steps(each).length > 0);
  assert.deepEqual(steps(file), [0, 1, 2]);
});

test('no shell reads the arguments; a missing program is named; nothing is left running', async () => {
  const pid = path.join(folder, 'pid');
  const argv = [
    ...script(
      'args',
      `require('fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); console.log(JSON.stringify({ step: 1, loss: 2, argv: process.argv[2] })); setInterval(() => {}, 1000);`,
    ),
    '$(touch owned) `id` > x',
  ];
  const { file } = await follow(argv, 'always', (each) => steps(each).length === 1);
  assert.ok(file.log!.points > 0 && !fs.existsSync('owned') && !fs.existsSync('x'));
  const running = (): boolean => {
    try {
      return process.kill(Number(fs.readFileSync(pid, 'utf8')), 0);
    } catch {
      return false;
    }
  };
  await until('the end of the program', () => !running());
  const none: CommandLocation = { kind: 'command', argv: ['no-such-program-x'], restart: 'always' };
  await assert.rejects(new CommandFileSystem(none).start(), { code: 'remote.noProgram', message: /was not found/ });
});

test('a job of Slurm leads to its log', { skip: process.platform === 'win32' }, async () => {
  const log = path.join(folder, 'slurm-77.out');
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  // Stands in for scontrol: prints what its manual shows.
  const answer = `JobId=77 JobName=train\n   UserId=a(1)\n   JobState=RUNNING\n   StdOut=${log}\n`;
  fs.writeFileSync(
    path.join(bin, 'scontrol'),
    `#!/bin/sh\n[ "$4" = 77 ] || [ "$3" = 77 ] && printf '${answer}' && exit 0\necho 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1\n`,
    { mode: 0o755 },
  );
  const old = process.env.PATH;
  process.env.PATH = `${bin}${path.delimiter}${old}`;
  try {
    assert.equal((await slurmJobs('77', undefined))[0]!.stdout, log);
    await assert.rejects(slurmJobs('78', undefined), { code: 'remote.notFound', message: /forgets a job/ });
    const source = await new RemoteHub(new NodeFileSystem()).open({ kind: 'slurm', job: '77', host: null });
    assert.deepEqual(source.kind === 'files' && [source.paths, source.waits], [[log], true]);
    process.env.PATH = '/nowhere';
    await assert.rejects(slurmJobs('77', undefined), {
      code: 'remote.noProgram',
      message: /no scontrol on this machine/,
    });
  } finally {
    process.env.PATH = old;
  }
});
