import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointStep, isLogName, scanFolder } from '../../../src/core/engine/discovery';
import { Engine } from '../../../src/core/engine/engine';
import { globToRegExp } from '../../../src/core/engine/folderFilter';
import { Pace } from '../../../src/core/engine/pace';
import { runState } from '../../../src/core/engine/runState';
import { LosslineError } from '../../../src/core/errors';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };

function world() {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log: silent });
  return { fs, clock, engine };
}

/** A run that follows L = 3 + 4 (S1)^-0.5 under a cosine to `total`. */
function log(from: number, to: number, total: number): string {
  let text =
    from === 0 ? `{"config": {"learning_rate": 0.001, "max_steps": ${total}, "lr_scheduler_type": "cosine"}}\n` : '';
  for (let step = Math.max(10, from); step < to; step += 10) {
    const lr = 0.0005 * (1 + Math.cos((Math.PI * step) / total));
    const wave = 0.002 * Math.sin(step * 1.7);
    text += `{"step": ${step}, "loss": ${(3 + 4 * step ** -0.5 + wave).toFixed(5)}, "lr": ${lr.toPrecision(6)}}\n`;
  }
  return text;
}

test('a scan finds runs, fits them, and a grown log gets a new forecast', async () => {
  const { fs, clock, engine } = world();
  fs.write('/w/runs/a/metrics.jsonl', log(0, 2000, 4000));
  fs.write('/w/notes.txt', 'nothing to see\n');
  fs.write('/w/data.csv', 'name,price\nx,3\ny,4\n');
  const events: string[] = [];
  engine.onDidChange(({ kind, run }) => events.push(`${kind} ${run.forecast.status}`));
  const report = await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.deepEqual(
    engine.runs().map(({ name }) => name),
    ['runs/a'],
  );
  assert.equal(report.capped, false);
  await clock.pass(1000);
  const [run] = engine.runs();
  const first = run!.forecast.forecast!;
  assert.equal(first.finalStep, 4000);
  assert.ok(first.finalLoss !== null && first.finalLoss.value > 2.8 && first.finalLoss.value < 3.2);
  fs.append('/w/runs/a/metrics.jsonl', log(2000, 3000, 4000));
  await clock.pass(1000);
  assert.equal(run!.lastStep(), 2990);
  assert.equal(run!.forecast.points, 299);
  assert.ok(events.includes('forecast fitting') && events.includes('forecast ready'), events.join());
  engine.dispose();
});

test('a run keeps the name that the user gave it, also one that comes later or again', async () => {
  const { fs, engine } = world();
  fs.write('/w/runs/a/metrics.jsonl', log(0, 1000, 2000));
  fs.write('/w/runs/b/metrics.jsonl', log(0, 1000, 2000));
  engine.setName('/w/runs/b/metrics.jsonl', 'the other one');
  await engine.scan([{ path: '/w', name: 'w' }], []);
  const names = () =>
    engine
      .runs()
      .map(({ name }) => name)
      .sort();
  assert.deepEqual(names(), ['runs/a', 'the other one']);
  const renamed: string[] = [];
  engine.onDidChange(({ run }) => renamed.push(run.name));
  engine.setName('/w/runs/a/metrics.jsonl', 'first');
  assert.deepEqual(renamed, ['first']);
  engine.remove('/w/runs/a/metrics.jsonl');
  await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.deepEqual(names(), ['first', 'the other one']);
  engine.setName('/w/runs/a/metrics.jsonl', null);
  assert.deepEqual(names(), ['runs/a', 'the other one']);
  engine.dispose();
});

test('the same log gives the same forecast to the last digit', async () => {
  const results = [];
  for (let i = 0; i < 2; i++) {
    const { fs, engine } = world();
    fs.write('/w/a.jsonl', log(0, 1500, 4000));
    const [run] = await engine.add('/w/a.jsonl');
    results.push(JSON.stringify(await engine.predict(run!.id)));
    engine.dispose();
  }
  assert.equal(results[0], results[1]);
});

test('until forgets the rest of the run', async () => {
  const { fs, engine } = world();
  fs.write('/w/a.jsonl', log(0, 4000, 4000));
  const [run] = await engine.add('/w/a.jsonl');
  const forecast = await engine.predict(run!.id, { until: 1000 });
  assert.equal(forecast.seen.step, 1000);
  assert.equal(forecast.seen.points, 100);
  const short = world();
  short.fs.write('/w/a.jsonl', log(0, 1001, 4000));
  const [same] = await short.engine.add('/w/a.jsonl');
  assert.deepEqual((await short.engine.predict(same!.id)).finalLoss, forecast.finalLoss);
});

test('a run without a plan says what is missing, and the user can add it', async () => {
  const { fs, clock, engine } = world();
  let text = '';
  for (let step = 1; step < 100; step++) text += `{"step": ${step * 10}, "loss": ${3 + 4 * (step * 10) ** -0.5}}\n`;
  fs.write('/w/a.jsonl', text);
  const [run] = await engine.add('/w/a.jsonl');
  await assert.rejects(
    engine.predict(run!.id),
    (error) => error instanceof LosslineError && error.code === 'plan.missing',
  );
  assert.deepEqual(run!.plan().missing, ['totalSteps', 'learningRate']);
  engine.setPlan(run!.id, { totalSteps: 2000, family: 'constant', peakLr: 1, finalLr: 1 });
  await clock.pass(1000);
  assert.equal(run!.forecast.forecast?.finalStep, 2000);
  engine.setPlan(run!.id, null);
  await clock.pass(1000);
  assert.equal(run!.forecast.forecast, null);
  engine.dispose();
});

test('event files of one folder are one run, and only the furthest checkpoint state is read', async () => {
  const { fs } = world();
  const state = (step: number): string =>
    JSON.stringify({ global_step: step, max_steps: 100, log_history: [{ step, loss: 2, learning_rate: 1e-4 }] });
  fs.write('/w/out/checkpoint-50/trainer_state.json', state(50));
  fs.write('/w/out/checkpoint-100/trainer_state.json', state(100));
  const report = await scanFolder(fs, '/w', []);
  assert.deepEqual(
    report.logs.map(({ path, place }) => [path, place.run]),
    [['/w/out/checkpoint-100/trainer_state.json', '/w/out']],
  );
  assert.equal(checkpointStep('/w/out/trainer_state.json'), Number.POSITIVE_INFINITY);
});

test('a run that begins later is found, also in a folder that is made with it', async () => {
  const { fs, clock, engine } = world();
  fs.write('/w/train.py', 'x = 1\n');
  await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.deepEqual(engine.runs(), []);
  fs.write('/w/new/deep/metrics.jsonl', '');
  await clock.pass(10_000);
  assert.deepEqual(engine.runs(), []);
  fs.append('/w/new/deep/metrics.jsonl', log(0, 500, 4000));
  await clock.pass(20_000);
  assert.deepEqual(
    engine.runs().map(({ name }) => name),
    ['new/deep'],
  );
  engine.dispose();
});

test('a removed run stays away, a forgotten one does not', async () => {
  const { fs, engine } = world();
  fs.write('/w/a.jsonl', log(0, 500, 4000));
  const root = { path: '/w', name: 'w' };
  await engine.scan([root], []);
  const [run] = engine.runs();
  engine.remove(run!.id);
  await engine.notice('/w/a.jsonl', root);
  assert.deepEqual(engine.runs(), []);
  await engine.add('/w/a.jsonl');
  assert.equal(engine.runs().length, 1);
  engine.dispose();
});

test('excluded and ignored folders are not entered', async () => {
  const { fs } = world();
  for (const folder of ['node_modules/x', '.git', 'data/big', 'runs/a'])
    fs.write(`/w/${folder}/train.jsonl`, log(0, 500, 4000));
  const { logs } = await scanFolder(fs, '/w', ['**/data/**']);
  assert.deepEqual(
    logs.map(({ path }) => path),
    ['/w/runs/a/train.jsonl'],
  );
});

test('globs match whole path parts', () => {
  assert.ok(globToRegExp('**/data/**').test('/w/data/x'));
  assert.ok(globToRegExp('*.csv').test('/w/a.csv'));
  assert.ok(!globToRegExp('data').test('/w/database/x'));
  assert.ok(globToRegExp('**/.git/objects/**').test('/w/.git/objects/ab'));
  assert.ok(isLogName('kto_trainer_state.json') && isLogName('train.log.gz') && !isLogName('state.json'));
  assert.ok(isLogName('events.out.tfevents.123.host') && isLogName('train.LOG') && !isLogName('train.py'));
});

test('a diverged, a finished and a silent run are told apart', async () => {
  const { fs, engine, clock } = world();
  fs.now = clock.now();
  fs.write('/w/nan.jsonl', `${log(0, 500, 4000)}{"step": 500, "loss": NaN, "lr": 0.001}\n`);
  fs.write('/w/done.jsonl', log(0, 4001, 4000));
  fs.write('/w/live.jsonl', log(0, 500, 4000));
  const states: Record<string, string> = {};
  for (const name of ['nan', 'done', 'live']) {
    const [run] = await engine.add(`/w/${name}.jsonl`);
    states[name] = runState(run!, clock.now());
    states[`${name} later`] = runState(run!, clock.now() + 3_600_000);
  }
  assert.deepEqual(states, {
    nan: 'diverged',
    'nan later': 'diverged',
    done: 'finished',
    'done later': 'finished',
    live: 'live',
    'live later': 'stalled',
  });
  engine.dispose();
});

test('pace needs movement and forgets what a restart made void', () => {
  const pace = new Pace();
  assert.equal(pace.stepsPerMs, null);
  pace.observe(0, 0);
  pace.observe(10_000, 100);
  assert.equal(pace.stepsPerMs, 0.01);
  pace.observe(11_000, 50);
  assert.equal(pace.stepsPerMs, null);
});

test('an idle run is looked at ever more rarely and costs no reads', async () => {
  const { fs, clock, engine } = world();
  fs.now = clock.now();
  fs.write('/w/a.jsonl', log(0, 500, 4000));
  await engine.add('/w/a.jsonl');
  await clock.pass(600_000);
  const { stats, bytesRead } = fs;
  await clock.pass(600_000);
  assert.ok(fs.stats - stats <= 41, `${fs.stats - stats} looks in ten minutes`);
  assert.equal(fs.bytesRead, bytesRead);
  engine.dispose();
});

test('folders of programs whose runs are not read are named with what to do', async () => {
  const { fs, engine } = world();
  fs.write('/w/.aim/meta/chunks/abc/000010.sst', 'x');
  fs.write('/w/run/log.jsonl', log(0, 500, 4000));
  const { skipped } = await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.deepEqual(
    skipped.map(({ path }) => path),
    ['/w/.aim'],
  );
  assert.match(skipped[0]!.reason, /RocksDB/);
  assert.equal(engine.runs().length, 1);
  await assert.rejects(engine.add('/w/.aim'), { code: 'file.unknownFormat' });
  fs.write('/w/session.zip', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1]));
  const [zip] = await engine.add('/w/session.zip');
  assert.match(zip?.issues()[0]?.message ?? '', /unpack it first/);
  engine.dispose();
});
