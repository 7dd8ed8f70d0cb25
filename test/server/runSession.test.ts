import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/core/engine/engine';
import { predictRun } from '../../src/core/engine/prediction';
import { InlinePool } from '../../src/node/inlinePool';
import type { ForecastView, PanelState, ReportView } from '../../src/protocol/panel';
import type { OverlaySnapshot, RunListing, SeriesListing } from '../../src/protocol/series';
import { RunSession } from '../../src/server/panels/runSession';
import { ManualClock } from '../lib/manualClock';
import { MemoryFileSystem } from '../lib/memoryFileSystem';
import { until } from '../lib/until';

const silent = { info: () => undefined, warn: () => undefined };
const VIEW = { run: null, series: [], overlays: [], smoothing: 0.9, maxPoints: 800, window: null };
const TOTAL = 2000;

/** A line of JSON per ten steps, up to `until`: loss that falls to `end`, tokens, clock times with a rest at half time. */
function log(until: number, end: number): string {
  const lines: string[] = [];
  for (let step = 0; step <= until; step += 10) {
    const loss = end + 4 / (1 + step / 50) + 0.02 * Math.sin(step * 7.3);
    const learning_rate = step < 1600 ? 6e-4 : (6e-4 * (TOTAL - step)) / 400;
    const timestamp = 1_700_000_000 + 2 * step + (step > 1000 ? 3600 : 0);
    const more = { tokens: step * 4096, timestamp, grad_norm: 1 + 1 / (1 + step) };
    lines.push(JSON.stringify({ step, loss, learning_rate, max_steps: TOTAL, ...more }));
  }
  return `${lines.join('\n')}\n`;
}

async function world(more = '') {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log: silent, onlyWhenAsked: true });
  fs.write('/w/runs/a/log.jsonl', log(TOTAL, 2.8));
  fs.write('/w/runs/b/log.jsonl', log(TOTAL, 2.6));
  fs.write('/w/runs/c/log.jsonl', log(1500, 2.5) + more);
  fs.write('/w/far/away/d/log.jsonl', log(TOTAL, 1));
  fs.write('/w/runs/c/checkpoints/step_500.safetensors', 'x');
  const ids = [];
  for (const name of ['runs/a', 'runs/b', 'runs/c', 'far/away/d']) {
    const [run] = await engine.add(`/w/${name}`, 'w');
    ids.push(run!.id);
  }
  const events: { name: string; body: unknown }[] = [];
  const session = new RunSession(engine, (name, body) => void events.push({ name, body }));
  const open = async (view: object) => (await session.request('view/open', { ...VIEW, ...view })) as PanelState;
  const [a, b, c, d] = ids as [string, string, string, string];
  return { fs, clock, engine, session, events, open, a, b, c, d };
}

test('a panel learns the tokens and times of its run, with the planned end', async () => {
  const { engine, open, c } = await world();
  const { run } = await open({ run: c });
  assert.deepEqual(run.axes.tokens, { steps: [0, 1500], values: [0, 1500 * 4096] });
  const { steps, values } = run.axes.time!;
  assert.equal(steps.at(-1), TOTAL, 'the end of the plan is reached at the present speed');
  assert.ok(Math.abs(values.at(-1)! - (2 * TOTAL + 3600)) < 1);
  const at = (step: number) => values[steps.indexOf(step)];
  assert.ok(at(1000) === 2000 && at(1010) === 2020 + 3600, 'a rest is a rest');
  engine.dispose();
});

test('the best finished run beside another is known, and the chance to beat it once there is a fit', async () => {
  const { engine, open, b, c } = await world();
  const before = await open({ run: c });
  assert.equal(before.run.best?.run, b);
  assert.equal(before.run.best?.chance, null);
  await engine.fit(c);
  const { best } = (await open({ run: c })).run;
  assert.ok(Math.abs(best!.loss - 2.7) < 0.05 && best!.chance! > 0.5 && best!.chance! <= 1);
  engine.dispose();
});

test('the validation loss is forecast beside the training loss, and anew under another plan', async () => {
  const lines = [100, 300, 500, 700, 900, 1100, 1300, 1500].map((step) =>
    JSON.stringify({ step, val_loss: 2.4 + 4 / (1 + step / 50) }),
  );
  const { engine, open, session, events, a, c } = await world(`${lines.join('\n')}\n`);
  engine.memory.learns = true;
  assert.ok(engine.memory.learn((await engine.learnFrom(a))!));
  await engine.fit(c);
  assert.equal((await open({ run: c })).forecast.validation, null);
  const told = () =>
    events.flatMap(({ name, body }) => (name === 'forecast/didChange' ? [(body as ForecastView).validation] : []));
  await until('the end of the validation loss', () => told().at(-1));
  const first = told().at(-1)!;
  assert.ok(first.value > 2.2 && first.value < 2.5 && first.interval80[0] < first.value, JSON.stringify(first));
  const { report } = (await session.request('view/report', { run: c })) as ReportView;
  assert.deepEqual(first, (await predictRun(engine, c)).also[0]!.finalLoss, 'as the report says');
  assert.ok(report.learntFrom.length > 0, 'the training loss learns from the earlier run');
  await session.request('plan/set', { run: c, facts: { totalSteps: 4000 } });
  await engine.fit(c);
  session.note({ kind: 'forecast', run: engine.run(c)! });
  session.flush();
  await until('another end', () => told().at(-1)!.value !== first.value);
  engine.dispose();
});

test('series and runs are listed with their courses, runs beside the run first', async () => {
  const { engine, session, c, d } = await world();
  const series = (await session.request('view/series', { run: c })) as SeriesListing[];
  const norm = series.find(({ name }) => name === 'grad_norm');
  assert.ok(norm!.points === 151 && norm!.spark.length > 20 && norm!.last! < 1.1);
  const runs = (await session.request('view/runs', { run: c })) as RunListing[];
  assert.deepEqual(
    runs.map(({ beside }) => beside),
    [true, true, false],
  );
  assert.equal(runs.at(-1)?.run, d);
  await assert.rejects(session.request('view/runs', { run: 'none' }), { code: 'run.unknown' });
  engine.dispose();
});

test('picked series and other runs come with the view; a run that grows is told again, not too often', async () => {
  const { fs, clock, engine, session, events, open, a, c } = await world();
  engine.onDidChange((event) => session.note(event));
  const { series, overlays } = await open({ run: a, series: ['grad_norm'], overlays: [c, 'gone', 7] });
  assert.deepEqual(
    series.map(({ name }) => name),
    ['train_loss', 'val_loss', 'learning_rate', 'grad_norm'],
  );
  assert.deepEqual(
    overlays.map(({ run, total }) => [run, total]),
    [[c, 151]],
  );
  fs.append('/w/runs/c/log.jsonl', log(1600, 2.5).split('\n').slice(151).join('\n'));
  await clock.pass(5000);
  session.flush();
  session.flush();
  const told = events.filter(({ name }) => name === 'overlays/didChange');
  assert.equal(told.length, 1);
  assert.equal((told[0]!.body as OverlaySnapshot[])[0]!.total, 161);
  engine.dispose();
});

test('checkpoints are found beside the log, by the steps in their names', async () => {
  const { engine, events, open, c } = await world();
  await open({ run: c });
  for (let turn = 0; turn < 50 && events.length === 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  const { run } = await open({ run: c });
  assert.deepEqual(run.checkpoints, [{ step: 500, path: '/w/runs/c/checkpoints/step_500.safetensors' }]);
  engine.dispose();
});

test('a report has its back-test and is plain data', async () => {
  const { engine, session, c } = await world();
  const { report, markdown, name } = (await session.request('view/report', { run: c })) as ReportView;
  assert.equal(report.backTest.length, 8);
  assert.ok(markdown.includes('## Back-test') && markdown.includes(name));
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  engine.dispose();
});

test('zooming gives points for the window, smoothed as before', async () => {
  const { engine, open, a } = await world();
  const whole = await open({ run: a, maxPoints: 50 });
  const [loss] = whole.series;
  assert.ok(loss!.raw.steps.length < 60 && loss!.total === 201);
  const [near] = (await open({ run: a, maxPoints: 50, window: [500, 700] })).series;
  assert.deepEqual(
    near!.raw.steps,
    Array.from({ length: 23 }, (_, i) => 490 + 10 * i),
  );
  const [all] = (await open({ run: a })).series;
  const at = (points: { steps: readonly number[]; values: readonly number[] }) =>
    points.values[points.steps.indexOf(600)];
  assert.equal(at(near!.smooth!), at(all!.smooth!));
  engine.dispose();
});
