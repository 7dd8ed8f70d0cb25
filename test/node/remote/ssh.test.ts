import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import { FollowedFile } from '../../../src/core/sources/followedFile';
import { InlinePool } from '../../../src/node/inlinePool';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { RemoteHub } from '../../../src/node/remote/remoteHub';
import { SshFileSystem } from '../../../src/node/remote/sshFileSystem';
import { SystemClock } from '../../../src/node/systemClock';
import { readUntil, stepsOf as steps } from '../../lib/followed';
import { type SshServer, startSshd, whyNoSshd } from '../../lib/sshd';
import { until } from '../../lib/until';

const skip = whyNoSshd();
if (skip !== undefined) console.log(`SKIPPED: following logs over ssh (${skip}).`);

/** Times that a connection is cut while it is in use or made. */
const CUTS = 50;

const HOST = { destination: 'trainer', port: null };
const line = (step: number): string => `{"step": ${step}, "loss": ${(5 - step / 100_000).toFixed(5)}, "lr": 0.001}\n`;
const lines = (from: number, to: number): string => range(from, to).map(line).join('');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A source of chance that a failure can be repeated with. Source: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('following over ssh', { skip: skip ?? false }, () => {
  let server: SshServer;
  let files: SshFileSystem;
  const open = (name: string): { file: FollowedFile; local: string } => {
    const local = path.join(server.folder, name);
    return { file: new FollowedFile(files, `ssh://trainer${local}`), local };
  };

  before(async () => {
    server = await startSshd();
    files = new SshFileSystem(HOST, server.ssh);
  });
  after(async () => {
    files?.dispose();
    await server?.stop();
  });

  test('a growing log whose connection is cut again and again at random moments is read exactly once', async (t) => {
    const { file, local } = open('cuts.jsonl');
    // A source of chance for each that acts: in which order they do is not repeated.
    const [torn, early] = [random(11), random(12)];
    fs.writeFileSync(local, lines(0, 20_000));
    let written = 20_000;
    let cutting = true;
    let answers = 0;
    let faults = 0;
    const before = server.connections();
    const write = async (): Promise<void> => {
      for (let rest = ''; cutting || rest !== ''; ) {
        const text = rest + (cutting ? lines(written, written + 5) : '');
        if (cutting) written += 5;
        // The writer is in the middle of a line as often as not.
        const end = cutting ? text.length - Math.floor(torn() * 60) : text.length;
        fs.appendFileSync(local, text.slice(0, end));
        rest = text.slice(end);
        await pause(15);
      }
    };
    const look = async (): Promise<void> => {
      while (cutting) {
        await file.poll();
        if (file.fault === undefined) answers++;
        else faults++;
        await pause(5);
      }
    };
    const cut = async (): Promise<void> => {
      for (let cuts = 0; cuts < CUTS; ) {
        // Four of five hit a connection that is in use, the fifth one that is being made.
        const seen = answers;
        if (cuts % 5 > 0) await until('an answer', () => answers > seen);
        await pause(early() * 150);
        if (server.cut() > 0) cuts++;
      }
    };
    const end = (): void => {
      cutting = false;
    };
    await Promise.all([write(), look(), cut().finally(end)]);
    await readUntil(file, written);
    assert.deepEqual(steps(file), range(0, written));
    assert.equal(file.logs.length, 1);
    assert.equal(file.fault, undefined);
    const made = server.connections() - before;
    t.diagnostic(`${CUTS} cuts, ${made} connections, ${answers} looks answered, ${faults} not, ${written} records`);
    assert.ok(Math.min(made, answers) >= 0.8 * CUTS, `${made} connections, ${answers} answers`);
  });

  test('a rotated log is read to its end under its new name, and on under the old one', async () => {
    const { file, local } = open('rotated.jsonl');
    fs.writeFileSync(local, lines(0, 100));
    await readUntil(file, 100);
    fs.appendFileSync(local, lines(100, 150));
    fs.renameSync(local, `${local}.1`);
    fs.writeFileSync(local, lines(150, 200));
    await readUntil(file, 200);
    assert.deepEqual(steps(file), range(0, 200));
  });

  test('truncation begins a new log, whether the file is shorter or has overtaken the old end', async () => {
    const { file, local } = open('truncated.jsonl');
    fs.writeFileSync(local, lines(0, 100));
    await readUntil(file, 100);
    fs.truncateSync(local, 0);
    fs.appendFileSync(local, lines(100, 120));
    await readUntil(file, 120);
    fs.truncateSync(local, 0);
    fs.appendFileSync(local, lines(1000, 1500));
    await readUntil(file, 620);
    assert.deepEqual(steps(file), [...range(0, 120), ...range(1000, 1500)]);
    assert.equal(file.logs.length, 3);
    assert.ok(file.logs[1]!.issues.some(({ code }) => code === 'file.truncated'));
  });

  test('a file that was replaced by another is told from one that grew', async () => {
    const { file, local } = open('replaced.jsonl');
    fs.writeFileSync(local, lines(0, 50));
    await readUntil(file, 50);
    fs.writeFileSync(`${local}.new`, lines(50, 300));
    fs.renameSync(`${local}.new`, local);
    await readUntil(file, 300);
    assert.deepEqual(steps(file), range(0, 300));
    assert.ok(file.log!.issues.some(({ code }) => code === 'file.replaced'));
  });

  test('a deleted log keeps what was read, and goes on when it returns', async () => {
    const { file, local } = open('deleted.jsonl');
    fs.writeFileSync(local, lines(0, 60));
    await readUntil(file, 60);
    fs.renameSync(local, `${local}-away`);
    await file.poll();
    assert.ok(file.gone);
    assert.equal(steps(file).length, 60);
    fs.appendFileSync(`${local}-away`, lines(60, 70));
    fs.renameSync(`${local}-away`, local);
    await readUntil(file, 70);
    fs.rmSync(local);
    await file.poll();
    assert.ok(file.gone);
    fs.writeFileSync(local, lines(70, 90));
    await readUntil(file, 90);
    assert.deepEqual(steps(file), range(0, 90));
  });

  test('cuts between rotations, truncations and returns lose and double nothing', async () => {
    const { file, local } = open('chaos.jsonl');
    const chance = random(5);
    fs.writeFileSync(local, '');
    let written = 0;
    for (let round = 0; round < 30; round++) {
      const more = 20 + Math.floor(chance() * 200);
      fs.appendFileSync(local, lines(written, written + more));
      written += more;
      const polling = file.poll();
      await pause(chance() * 40);
      if (round % 3 === 0) server.cut();
      await polling;
      // What only the truncated file held is lost to anyone who comes later: it is read before.
      if (round % 5 === 2) await readUntil(file, written);
      if (round % 5 === 2) fs.truncateSync(local, 0);
      if (round % 5 === 4) {
        fs.renameSync(local, `${local}.${round}`);
        if (chance() < 0.5) await file.poll();
        fs.writeFileSync(local, '');
      }
    }
    await readUntil(file, written);
    assert.deepEqual(steps(file), range(0, written));
  });

  test('names with blanks, quotes, dollars and dashes reach the other shell as they are', async () => {
    for (const name of [`it's a "log" $(touch owned) \`id\` ;&.jsonl`, '-rf.jsonl', 'größe\n2.jsonl', "'", '\\n.log']) {
      const { file, local } = open(name);
      fs.writeFileSync(local, lines(0, 20));
      await readUntil(file, 20);
      assert.deepEqual(steps(file), range(0, 20), name);
    }
    assert.ok(!fs.existsSync(path.join(server.folder, 'owned')));
    const names = (await files.list(`ssh://trainer${server.folder}`)).map(({ name }) => name).sort();
    assert.deepEqual(names, fs.readdirSync(server.folder).sort());
  });

  test('an engine follows a folder of another machine over one connection, and tells what is wrong in words', async () => {
    const folder = path.join(server.folder, 'runs');
    for (const run of ['a', 'b']) {
      fs.mkdirSync(path.join(folder, run), { recursive: true });
      fs.writeFileSync(path.join(folder, run, 'metrics.jsonl'), lines(0, 200));
    }
    const local = new NodeFileSystem();
    const hub = new RemoteHub(local, server.ssh);
    const log = { info: () => undefined, warn: () => undefined };
    const engine = new Engine({ fs: local, remote: hub, pool: new InlinePool(), clock: new SystemClock(false), log });
    try {
      const before = server.connections();
      const runs = await engine.add(`ssh://trainer${folder}`);
      assert.deepEqual(runs.map(({ name, source, points }) => [name, source, points > 0]).sort(), [
        ['a', 'trainer', true],
        ['b', 'trainer', true],
      ]);
      assert.equal(server.connections() - before, 1);
      assert.equal(runs[0]!.id, `ssh://trainer${folder}/a/metrics.jsonl`);
      await assert.rejects(engine.add(`ssh://trainer${folder}/none.log`), { code: 'file.notFound' });
      const nobody = `ssh://nobody-like-this@127.0.0.1:${server.port}/x.log`;
      await assert.rejects(engine.add(nobody), { code: 'remote.auth' });
      await assert.rejects(engine.add('ssh://127.0.0.1:1/x.log'), { code: 'remote.unreachable', message: /refused/ });
      // Where names are not answered for at all it takes too long.
      await assert.rejects(engine.add('ssh://no-such-host.invalid/x.log'), {
        message: /no host called|cannot be reached/,
      });
      await assert.rejects(engine.add('ssh://-oProxyCommand=id/x.log'), { code: 'source.invalid' });
    } finally {
      engine.dispose();
    }
  });

  test('a missing ssh program is named', async () => {
    const none = new SshFileSystem(HOST, { program: 'no-such-ssh', arguments: [] });
    await assert.rejects(none.stat('ssh://trainer/x'), {
      code: 'remote.noProgram',
      message: /no-such-ssh was not found/,
    });
  });
});
