import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import type { Reply } from '../../src/protocol/channel';
import type { CompareCurve, CompareRow, CompareState, Configs, Standings } from '../../src/protocol/compare';
import * as protocol from '../../src/protocol/server';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';
import { until } from '../lib/until';

const RUNS = 6;
const LAST = 600;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-compare-'));
const workspace = path.join(folder, 'workspace');
const logOf = (i: number): string => path.join(workspace, 'runs', `lr-${i}`, 'metrics.jsonl');
const events: protocol.PanelEvent['params'][] = [];
let server: ServerProcess;

/** Losses under a cosine; run `i` has a greater rate and ends lower. The last run logs no rate and has no plan. */
function records(i: number, from: number, to: number): string {
  const rate = 1e-4 * (i + 1);
  const lines: string[] = [];
  for (let step = from; step < to; step += 2) {
    const lr = i === RUNS - 1 ? undefined : 0.5 * rate * (1 + Math.cos((Math.PI * step) / 1000));
    const loss = 2.5 - 0.05 * i + 4 * (step + 20) ** -0.4 + 0.01 * Math.sin(step * 7.3 + i);
    lines.push(
      JSON.stringify({ step, loss, learning_rate: lr, ...(step % 100 === 0 ? { val_loss: loss + 0.1 } : {}) }),
    );
  }
  return `${lines.join('\n')}\n`;
}

before(async () => {
  for (let i = 0; i < RUNS; i++) {
    fs.mkdirSync(path.dirname(logOf(i)), { recursive: true });
    fs.writeFileSync(logOf(i), records(i, 0, i === 0 ? 1002 : LAST));
    const plan = i === RUNS - 1 ? {} : { max_steps: 1000 };
    fs.writeFileSync(
      path.join(path.dirname(logOf(i)), 'config.json'),
      JSON.stringify({ ...plan, lr: 1e-4 * (i + 1), wd: 0.1 }),
    );
  }
  await buildServer(folder);
  server = await startServer(folder);
  server.connection.onNotification(protocol.PANEL_EVENT, (event: protocol.PanelEvent['params']) => {
    events.push(event);
  });
  await server.connection.sendRequest(protocol.RUNS_SCAN, { roots: [{ path: workspace, name: 'w' }], exclude: [] });
});

after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(name: string, body: unknown, panel = 'p'): Promise<T> {
  const params = { panel, kind: 'compare', name, body };
  const reply = await server.connection.sendRequest<Reply>(protocol.PANEL_REQUEST, params);
  if ('error' in reply) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
  return reply.ok as T;
}

const newest = <T>(name: string, fits: (body: T) => boolean = () => true): T | undefined =>
  events.findLast((event) => event.name === name && fits(event.body as T))?.body as T | undefined;

const rowsNow = (state: CompareState): Map<string, CompareRow> => {
  const rows = new Map(state.rows.map((row) => [row.run, row]));
  for (const { name, body } of events) {
    if (name === 'rows/didChange') for (const row of (body as { rows: CompareRow[] }).rows) rows.set(row.run, row);
  }
  return rows;
};

/** The rows once all are compared by `series` and none is waited for: a run may be ranked before its row is told. */
const rowsBy = (state: CompareState, series: string): Promise<Map<string, CompareRow>> =>
  until(
    `all rows by ${series}`,
    () => {
      const rows = rowsNow(state);
      const isMade = ({ end }: CompareRow): boolean => end.status !== 'waiting' && end.status !== 'fitting';
      const isSo = (row: CompareRow): boolean => isMade(row) && (row.series === series || row.series === null);
      return [...rows.values()].every(isSo) && rows;
    },
    () => [...rowsNow(state).values()].map((row) => [row.name, row.series, row.end]),
  );

test('all runs are told with their settings, and ranked as their forecasts come', async () => {
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  assert.equal(state.rows.length, RUNS);
  assert.equal(state.configs.shared.wd, 0.1);
  assert.deepEqual(
    Object.values(state.configs.own).map(({ lr }) => lr),
    [1, 2, 3, 4, 5, 6].map((i) => 1e-4 * i),
  );
  const { byRun, hopeless } = await until('the ranks of the runs with a plan', () =>
    newest<Standings>('standings/didChange', (body) => Object.keys(body.byRun).length === RUNS - 1),
  );
  const rows = await rowsBy(state, 'train_loss');
  const standings = Object.values(byRun);
  assert.ok(Math.abs(standings.reduce((sum, { chanceBest }) => sum + chanceBest, 0) - 1) < 1e-9);
  const best = Object.keys(byRun).find((run) => byRun[run]!.rank === 1)!;
  const finals = Object.keys(byRun).map((run) => rows.get(run)!.end.finalLoss!.value);
  assert.equal(rows.get(best)!.end.finalLoss!.value, Math.min(...finals));
  const over = [...rows.values()].find(({ end }) => end.isMeasured)!;
  assert.equal(over.state, 'finished');
  assert.equal(byRun[over.run]!.isWorthFinishing, true);
  for (const { rival } of standings) if (rival !== null) assert.equal(rival, over.run);
  assert.equal(hopeless, 0.05);
  const unplanned = [...rows.values()].find(({ name }) => name.includes(`lr-${RUNS - 1}`))!;
  assert.equal(byRun[unplanned.run], undefined);
  assert.match(unplanned.end.reason, /how many steps/);
  assert.ok(rows.get(best)!.bestValidation!.value > 0);
});

test('curves come for the runs that are looked at, thinned, and again when they changed', async () => {
  const open = () => ask<CompareState>('view/open', { runs: null, pinned: null });
  // A forecast that is made meanwhile is told with its curve once more.
  await until('all forecasts', async () => (await open()).progress.done === RUNS);
  const state = await open();
  const [first, second] = state.rows.map(({ run }) => run);
  const curves = (): CompareCurve[] =>
    events.flatMap(({ name, body }) => (name === 'curves/didChange' ? (body as CompareCurve[]) : []));
  events.length = 0;
  await ask('view/look', { runs: [second, first, '/gone'], pinned: null, smoothing: 0.8, window: null, series: null });
  await until('two curves', () => curves().length >= 2);
  assert.deepEqual(
    curves().map(({ run }) => run),
    [second, first],
  );
  for (const { points } of curves()) assert.ok(points.steps.length > 100 && points.steps.length <= 210);
  assert.equal(curves().find(({ run }) => rowsNow(state).get(run)!.state === 'finished')!.ahead, null);
  const { ahead } = curves().find(({ run }) => rowsNow(state).get(run)!.state !== 'finished')!;
  assert.equal(ahead!.steps.at(-1), 1000);
  assert.ok(ahead!.low.every((low, i) => low < ahead!.values[i]! && ahead!.values[i]! < ahead!.high[i]!));
  events.length = 0;
  await ask('view/look', { runs: [first], pinned: null, smoothing: 0.8, window: [100, 140], series: null });
  const { detail } = await until('the steps looked at', () => curves().find(({ run }) => run === first));
  assert.ok(detail!.steps.length >= 20 && detail!.steps.length <= 24, `${detail!.steps}`);
  await ask('view/look', { runs: [second, first], pinned: null, smoothing: 0.8, window: null, series: null });
  await until('the whole again', () => curves().find((curve) => curve.run === first && curve.detail === null));
  events.length = 0;
  fs.appendFileSync(logOf(1), records(1, LAST, LAST + 40));
  const grown = await until('the new points', () => curves().find(({ points }) => points.steps.at(-1) === LAST + 38));
  // A forecast that is made anew meanwhile is told with its curve.
  assert.ok(grown.run === second && curves().every(({ run }) => run === first || run === second));
});

test('a pinned run is what all others are held against', async () => {
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  const pinned = state.rows[2]!.run;
  events.length = 0;
  await ask('view/look', { runs: [], pinned, smoothing: 0, window: null, series: null });
  const { byRun } = await until('chances against the pinned run', () =>
    newest<Standings>('standings/didChange', (body) => body.byRun[state.rows[1]!.run]?.chanceBeatsPinned != null),
  );
  assert.equal(byRun[pinned]!.chanceBeatsPinned, null);
  for (const [run, { chanceBeatsPinned, rank }] of Object.entries(byRun)) {
    if (run !== pinned) assert.equal(chanceBeatsPinned! > 0.5, rank < byRun[pinned]!.rank, run);
  }
});

test('runs are compared by another loss that they log: fitted, ranked, and taken back', async () => {
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  const look = (series: string | null) =>
    ask('view/look', { runs: [], pinned: null, smoothing: 0, window: null, series });
  events.length = 0;
  await look('val_loss');
  const { byRun, choices } = await until('ends of the validation loss', () =>
    newest<Standings>('standings/didChange', ({ series, byRun: ranked }) => series === 'val_loss' && ranked !== null),
  );
  assert.deepEqual([...choices].sort(), ['train_loss', 'val_loss']);
  const rows = await rowsBy(state, 'val_loss');
  for (const run of Object.keys(byRun)) {
    const { series, end, bestValidation } = rows.get(run)!;
    assert.equal(series, 'val_loss');
    assert.ok(end.finalLoss!.value < bestValidation!.value + 0.05, `${end.finalLoss!.value}`);
  }
  events.length = 0;
  await look(null);
  const back = await until('the usual ranks', () =>
    newest<Standings>('standings/didChange', ({ series }) => series === 'train_loss'),
  );
  assert.equal(Object.keys(back.byRun).length, RUNS - 1);
});

test('a run that the page leaves out is not ranked', async () => {
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  const hidden = [state.rows[1]!.run];
  events.length = 0;
  await ask('view/look', { runs: [], pinned: null, smoothing: 0, window: null, series: null, hidden });
  const { byRun } = await until('ranks of the others', () =>
    newest<Standings>('standings/didChange', (body) => Object.keys(body.byRun).length === RUNS - 2),
  );
  assert.equal(byRun[hidden[0]!], undefined);
  const ranks = Object.values(byRun).map(({ rank }) => rank);
  assert.deepEqual(
    ranks.sort((a, b) => a - b),
    ranks.map((_, i) => i + 1),
  );
});

test('a comparison of some runs hears of no other; one that goes and one that comes are told', async () => {
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  const [first, second, third] = state.rows.map(({ run }) => run);
  const some = await ask<CompareState>('view/open', { runs: [first, second, '/gone'], pinned: null });
  assert.deepEqual(
    some.rows.map(({ run }) => run),
    [first, second],
  );
  events.length = 0;
  await server.connection.sendRequest(protocol.RUNS_REMOVE, { run: third });
  await server.connection.sendRequest(protocol.RUNS_REMOVE, { run: second });
  const { removed, progress } = await until('the removed run', () =>
    newest<{ removed: string[]; progress: { of: number } }>('rows/didChange', (body) => body.removed.length > 0),
  );
  assert.deepEqual([removed, progress.of], [[second], 1]);
  const { own } = await until('the settings that are left', () => newest<Configs>('configs/didChange'));
  assert.deepEqual(Object.keys(own), [first]);
});

test('a hidden panel hears nothing; what cannot be read is refused', async () => {
  await ask<CompareState>('view/open', { runs: null, pinned: null });
  await server.connection.sendNotification(protocol.PANEL_DID_HIDE, { panel: 'p', closed: false });
  // A panel that is shown marks the time at which the hidden one would have been told.
  const { rows } = await ask<CompareState>('view/open', { runs: null, pinned: null }, 'seen');
  const grown = rows.find(({ name }) => name.includes('lr-3'))!.run;
  events.length = 0;
  fs.appendFileSync(logOf(3), records(3, LAST, LAST + 20));
  await until('the new row', () =>
    newest<{ rows: CompareRow[] }>('rows/didChange', (body) => body.rows.some(({ run }) => run === grown)),
  );
  assert.deepEqual([...new Set(events.map(({ panel }) => panel))], ['seen']);
  await assert.rejects(ask('view/open', { runs: 7 }), { code: 'argument.invalid' });
  await assert.rejects(ask('view/look', { runs: [1], smoothing: 0 }), { code: 'argument.invalid' });
  await assert.rejects(ask('view/nothing', {}), { code: 'argument.invalid' });
});
