import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Envelope, PanelChannel } from '../../../src/protocol/channel';
import type { ComparePanelContract, CompareState } from '../../../src/protocol/compare';
import { PROTOCOL_VERSION } from '../../../src/protocol/version';
import { Session } from '../../../webview/compare/session';
import { DEFAULT_STATE, readState, runsOf } from '../../../webview/compare/state';
import { tableModel } from '../../../webview/compare/tableModel';
import { Sweep } from '../../webview/page/compare/sweep';
import { rowOf } from './entries';

const NO_STANDINGS = { series: null, choices: [], hopeless: 0.05, byRun: {} };
const state = (names: readonly string[]): CompareState => ({
  runs: null,
  rows: names.map((name) => rowOf({ name, final: 3 })),
  configs: { shared: {}, own: {} },
  standings: NO_STANDINGS,
  progress: { done: names.length, of: names.length },
});

function host() {
  const posted: (Envelope & { kind: 'request' })[] = [];
  const channel = new PanelChannel<ComparePanelContract>(
    (message) => message.kind === 'request' && posted.push(message),
    {
      set: () => 0,
      clear: () => undefined,
    },
  );
  let changes = 0;
  const session = new Session(channel, () => changes++);
  const asked = (name: string) => posted.filter((message) => message.name === name);
  const reply = async (
    name: string,
    answer: { ok: unknown } | { error: { code: string; message: string } },
    index = -1,
  ) => {
    channel.receive({ v: PROTOCOL_VERSION, kind: 'reply', id: asked(name).at(index)!.id, reply: answer });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const event = (name: string, body: unknown) => channel.receive({ v: PROTOCOL_VERSION, kind: 'event', name, body });
  return { session, asked, reply, event, changes: () => changes };
}

test('rows come, change and go; curves go with their runs', async () => {
  const { session, reply, event, changes } = host();
  session.open(null);
  event('rows/didChange', { rows: [rowOf({ name: 'early' })], removed: [], progress: { done: 0, of: 1 } });
  assert.equal(session.rows.size, 0);
  await reply('view/open', { ok: state(['a', 'b']) });
  assert.equal(session.status, 'open');
  event('curves/didChange', [{ run: '/runs/a', points: { steps: [1], values: [3] }, detail: null, ahead: null }]);
  event('rows/didChange', { rows: [rowOf({ name: 'c' })], removed: ['/runs/a'], progress: { done: 2, of: 3 } });
  assert.deepEqual(
    [[...session.rows.keys()], session.curves.size, session.progress],
    [['/runs/b', '/runs/c'], 0, { done: 2, of: 3 }],
  );
  assert.equal(changes(), 3);
});

test('the same look is said once; after a restart of the process everything is asked again', async () => {
  const { session, asked, reply, event } = host();
  session.open(['/runs/a']);
  const look = { runs: ['/runs/a'], pinned: null, smoothing: 0.9, window: null, series: null, hidden: [] };
  session.look(look);
  assert.equal(asked('view/look').length, 0);
  await reply('view/open', { ok: { ...state(['a']), runs: ['/runs/a'] } });
  session.look(look);
  session.look({ ...look });
  assert.equal(asked('view/look').length, 1);
  event('server/didRestart', null);
  assert.deepEqual(
    asked('view/open').map(({ body }) => (body as { runs: unknown }).runs),
    [['/runs/a'], ['/runs/a']],
  );
  await reply('view/open', { ok: state(['a']) });
  session.look(look);
  assert.equal(asked('view/look').length, 2);
});

test('only the newest question counts, and a fault is told', async () => {
  const { session, reply } = host();
  session.open(null);
  session.open(null);
  await reply('view/open', { error: { code: 'internal', message: 'old' } }, 0);
  assert.equal(session.status, 'loading');
  await reply('view/open', { error: { code: 'internal', message: 'new' } });
  assert.deepEqual([session.status, session.message], ['error', 'new']);
});

test('a state that another version stored becomes the default part by part', () => {
  assert.deepEqual(readState(null), DEFAULT_STATE);
  assert.deepEqual(
    readState({ view: 'holograms', smoothing: 7, split: 'x', brushes: { a: 3 }, ticked: [1] }),
    DEFAULT_STATE,
  );
  const kept = { ...DEFAULT_STATE, view: 'scatter', ticked: ['/a'], brushes: { lr: { range: [0, 1] } }, pinned: '/a' };
  assert.deepEqual(readState(JSON.parse(JSON.stringify(kept))), kept);
  assert.deepEqual(runsOf('["/a"]'), ['/a']);
  for (const subject of [null, '', '{', '[1]', '7']) assert.equal(runsOf(subject), null);
});

test('the page of a sweep: columns that differ, hidden runs left out, chances to the pinned run', () => {
  const sweep = new Sweep({ count: 60 });
  const { rows, configs } = sweep.state();
  const pinned = rows.find(({ end }) => end.finalLoss !== null)!.run;
  const data = {
    rows: new Map(rows.map((row) => [row.run, row])),
    configs,
    standings: sweep.standings(pinned),
    curves: new Map(sweep.curves(rows.map(({ run }) => run)).map((curve) => [curve.run, curve])),
    hidden: [],
  };
  const model = tableModel(data, { ...DEFAULT_STATE, pinned, hidden: [rows[1]!.run], filter: 'optimizer:muon' });
  const ids = model.columns.map(({ id }) => id);
  assert.ok(ids.includes('config:learning_rate') && ids.includes('change') && !ids.includes('config:output_dir'));
  assert.ok(!ids.includes('config:plan.peakLr'), 'it repeats the learning rate');
  assert.deepEqual([model.entries.length, model.hiddenCount, model.drawn.length], [59, 1, 12]);
  assert.ok(model.shown.length > 0 && model.shown.length < 59);
  const finals = model.shown.map(({ row }) => row.end.finalLoss?.value ?? Number.POSITIVE_INFINITY);
  assert.ok(finals.every((value, i) => i === 0 || value >= finals[i - 1]!));
  const [low, high] = model.scale!;
  assert.ok(low < finals[0]! && high > finals.filter(Number.isFinite).at(-1)!);
  const inView = { ...data, hidden: [rows[1]!.run, rows[2]!.run] };
  assert.equal(tableModel(inView, { ...DEFAULT_STATE, hidden: [rows[1]!.run] }).hiddenCount, 2);
  assert.equal(tableModel(inView, { ...DEFAULT_STATE, revealed: inView.hidden }).hiddenCount, 0);
  const narrow = tableModel(data, DEFAULT_STATE, true).columns.map(({ id }) => id);
  assert.deepEqual(narrow.slice(0, 2), ['name', 'final']);
  const grouped = tableModel(data, { ...DEFAULT_STATE, group: 'config:optimizer', columns: ['rank', 'config:seed'] });
  assert.equal(grouped.groups!.length, 2);
  assert.deepEqual(
    grouped.columns.map(({ id }) => id),
    ['name', 'rank', 'config:seed'],
  );
});
