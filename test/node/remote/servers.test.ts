import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLocation, type RemoteLocation } from '../../../src/core/sources/location';
import type { RemoteRun } from '../../../src/core/sources/remoteSource';
import { NodeFileSystem } from '../../../src/node/nodeFileSystem';
import { RemoteHub } from '../../../src/node/remote/remoteHub';
import { mlflowDouble, tensorBoardDouble, wandbDouble } from '../../lib/trackingServers';

const hub = new RemoteHub(new NodeFileSystem());
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function runsOf(source: string, secret?: string): Promise<readonly RemoteRun[]> {
  const opened = await hub.open(parseLocation(source) as RemoteLocation, secret);
  return opened.kind === 'runs' ? opened.runs : [];
}

function points({ file }: RemoteRun, name: string): { steps: number[]; values: number[] } {
  const series = file.logs[0]?.find(name);
  return { steps: [...(series?.steps.view() ?? [])], values: [...(series?.values.view() ?? [])] };
}

test('TensorBoard: runs, series and wall time, every point once as it grows', async () => {
  const server = await tensorBoardDouble();
  try {
    server.loaded = 12;
    const runs = await runsOf(`tensorboard+${server.url}/tb`);
    assert.deepEqual(
      runs.map(({ name }) => name),
      ['a run/train', 'eval'],
    );
    const [run] = await runsOf(`tensorboard+${server.url}/tb/?run=a run/train`);
    assert.equal(run!.id, `tensorboard+${server.url}/tb/?run=a run/train`);
    for (server.loaded = 5; server.loaded <= server.points; server.loaded += 5) {
      await run!.file.poll();
      assert.equal(run!.file.fault, undefined);
      assert.deepEqual(points(run!, 'train_loss').steps, range(0, server.loaded));
    }
    assert.ok(Number.isNaN(points(run!, 'train_loss').values[7]));
    assert.equal(points(run!, 'wall_time').values[3], 1_700_000_003);
    assert.equal(run!.file.changedAt, 1_700_000_029_000);
    assert.deepEqual((await run!.file.poll()).bytes, 0);
    await assert.rejects(runsOf(`tensorboard+${server.url}/tb/?run=none`), {
      code: 'remote.notFound',
      message: /a run\/train/,
    });
    await assert.rejects(runsOf(`tensorboard+${server.url}`), { code: 'remote.notFound' });
  } finally {
    await server.stop();
  }
});

test('TensorBoard: a sample that changes from answer to answer brings no point twice', async () => {
  const server = await tensorBoardDouble();
  try {
    server.sampled = true;
    server.loaded = 9;
    const [run] = await runsOf(`tensorboard+${server.url}/tb/?run=a run/train`);
    for (; server.loaded <= server.points; server.loaded++) await run!.file.poll();
    const { steps } = points(run!, 'learning_rate');
    assert.equal(new Set(steps).size, steps.length);
    assert.deepEqual(
      steps,
      [...steps].sort((a, b) => a - b),
    );
    assert.equal(steps.at(-1), 29);
  } finally {
    await server.stop();
  }
});

test('MLflow: pages, faults in between, late points and the end of the run', async () => {
  const server = await mlflowDouble('t0ken');
  const point = (step: number, key = 'train_loss') => ({
    key,
    value: 5 - step / 100,
    step,
    timestamp: 1_700_000_000_000 + step * 1000,
  });
  try {
    const source = `mlflow+${server.url}`;
    await assert.rejects(runsOf(source), { code: 'remote.auth', message: /wants a key/ });
    server.points = range(0, 25).map((step) => point(step));
    const [run] = await runsOf(source, 't0ken');
    assert.deepEqual([run!.id, run!.name], [`${source}/#/runs/abc123`, 'first']);
    await run!.file.poll();
    assert.deepEqual(points(run!, 'train_loss').steps, range(0, 25));
    assert.equal(run!.file.logs[0]!.configEntries.get('learning_rate'), 0.001);
    for (let step = 25; step < 60; step += 7) {
      server.points.push(...range(step, step + 7).map((each) => point(each)), point(step, 'val_loss'));
      server.failing = step % 3;
      await run!.file.poll();
      server.failing = 0;
      await run!.file.poll();
      assert.deepEqual(points(run!, 'train_loss').steps, range(0, step + 7));
    }
    assert.equal(points(run!, 'val_loss').steps.length, 5);
    const before = server.requests.length;
    await run!.file.poll();
    assert.equal(server.requests.length - before, 1);
    // A point that arrives late is sorted in: the history is read anew.
    server.points.splice(30, 0, { ...point(29.5), timestamp: 1_700_000_029_500 });
    server.points.push(point(60));
    await run!.file.poll();
    assert.deepEqual(points(run!, 'train_loss').steps, [...range(0, 30), 29.5, ...range(30, 61)]);
    server.status = 'FINISHED';
    assert.ok((await run!.file.poll()).restructured);
    assert.deepEqual(run!.file.logs[0]!.statuses, [{ kind: 'finished' }]);
    await assert.rejects(runsOf(`${source}/#/runs/none`, 't0ken'), { code: 'remote.notFound' });
    assert.deepEqual(await runsOf(`${source}/#/experiments/9`, 't0ken'), []);
  } finally {
    await server.stop();
  }
});

test('W&B: rows of all pages once, rare and dense steps, a run that begins anew', async () => {
  const server = await wandbDouble();
  const source = `wandb+${server.url}/team/project`;
  const row = (step: number) => ({
    _step: step,
    _timestamp: 1_700_000_000 + step,
    'train/loss': 5 - step / 1e5,
    'train/learning_rate': 0.01,
  });
  try {
    await assert.rejects(runsOf(source), { code: 'remote.auth' });
    await assert.rejects(runsOf(source, 'wrong'), { code: 'remote.auth' });
    await assert.rejects(runsOf(`wandb+${server.url}/team/other`, 'secret'), { code: 'remote.notFound' });
    assert.deepEqual(
      (await runsOf(source, 'secret')).map(({ id, name }) => [id, name]),
      [[`${source}/a1`, 'brave-1']],
    );
    const [run] = await runsOf(`${source}/a1`, 'secret');
    await run!.file.poll();
    assert.equal(run!.file.logs[0]!.points, 0);
    // Rare rows first, so that wide spans are asked for, then dense ones, which a wide span would thin out.
    const wanted = [...range(0, 200).map((i) => i * 500), ...range(100_000, 104_500)];
    for (const [i, step] of wanted.entries()) {
      server.rows.push(row(step));
      if (i % 997 === 0) await run!.file.poll();
    }
    await run!.file.poll();
    assert.equal(run!.file.fault, undefined);
    assert.deepEqual(points(run!, 'train_loss').steps, wanted);
    assert.equal(run!.file.logs[0]!.configEntries.get('lr'), 0.01);
    assert.ok(server.requests.length < 120, `${server.requests.length} requests`);
    server.rows = range(0, 10).map(row);
    await run!.file.poll();
    assert.deepEqual(points(run!, 'train_loss').steps, range(0, 10));
    server.state = 'crashed';
    await run!.file.poll();
    assert.equal(run!.file.logs[0]!.statuses[0]?.kind, 'failed');
  } finally {
    await server.stop();
  }
});

test('secrets never stand in what is shown', async () => {
  const server = await mlflowDouble('t0p-secret');
  try {
    const [run] = await runsOf(`mlflow+${server.url}`, 't0p-secret');
    await run!.file.poll();
    await server.stop();
    await run!.file.poll();
    assert.match(run!.file.fault!.message, /refused|broke/);
    assert.ok(!JSON.stringify([run!.id, run!.name, run!.file.fault, run!.file.logs[0]!.issues]).includes('t0p-secret'));
  } finally {
    await server.stop().catch(() => undefined);
  }
});
