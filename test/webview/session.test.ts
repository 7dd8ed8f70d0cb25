import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Envelope, PanelChannel } from '../../src/protocol/channel';
import type { PanelView, RunPanelContract } from '../../src/protocol/panel';
import { PROTOCOL_VERSION } from '../../src/protocol/version';
import { Session } from '../../webview/run/session';
import { forecastView, RUN, run, state, summary } from './fixtures';

const VIEW: PanelView = { run: null, series: [], overlays: [], smoothing: 0.9, maxPoints: 512, window: null };

function host() {
  const posted: Envelope[] = [];
  const channel = new PanelChannel<RunPanelContract>((message) => posted.push(message), {
    set: () => 0,
    clear: () => undefined,
  });
  let changes = 0;
  const session = new Session(channel, () => changes++);
  const opens = () => posted.filter((each) => each.kind === 'request' && each.name === 'view/open');
  const reply = async (answer: { ok: unknown } | { error: { code: string; message: string } }, index = -1) => {
    const request = opens().at(index) as Envelope & { kind: 'request' };
    channel.receive({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: answer });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const event = (name: string, body: unknown) => channel.receive({ v: PROTOCOL_VERSION, kind: 'event', name, body });
  return { session, opens, reply, event, changes: () => changes };
}

test('a snapshot opens the session, events change it', async () => {
  const { session, reply, event, changes } = host();
  session.open(VIEW);
  assert.equal(session.status, 'loading');
  await reply({ ok: state() });
  assert.equal(session.status, 'open');
  event('run/didChange', run({ summary: summary({ step: 500 }) }));
  event('forecast/didChange', forecastView({ status: 'fitting' }));
  assert.equal(session.data.run?.summary.step, 500);
  assert.equal(session.data.forecast?.status, 'fitting');
  assert.equal(changes(), 3);
});

test('events of another run are left out', async () => {
  const { session, reply, event } = host();
  session.open(VIEW);
  await reply({ ok: state() });
  event('forecast/didChange', forecastView({ run: '/other', status: 'failed' }));
  event('run/didClose', { run: '/other' });
  assert.equal(session.data.forecast?.status, 'ready');
  assert.equal(session.closed, false);
  event('run/didClose', { run: RUN });
  assert.equal(session.closed, true);
});

test('an append that does not fit asks for one snapshot only', async () => {
  const { session, opens, reply, event } = host();
  session.open(VIEW);
  await reply({ ok: state() });
  const stray = {
    name: 'train_loss',
    from: 9,
    to: 10,
    total: 50,
    raw: { steps: [], values: [] },
    smooth: null,
    nonFinite: [],
  };
  event('series/didAppend', [stray]);
  event('series/didAppend', [stray]);
  assert.equal(opens().length, 2);
});

test('a restarted server is asked again even while an answer is awaited', () => {
  const { session, opens, event } = host();
  session.open(VIEW);
  event('server/didRestart', null);
  assert.equal(opens().length, 2);
});

test('only the answer to the newest view counts', async () => {
  const { session, reply } = host();
  session.open(VIEW);
  session.open({ ...VIEW, smoothing: 0.5 });
  await reply({ ok: state({ run: run({ summary: summary({ name: 'old' }) }) }) }, 0);
  assert.equal(session.status, 'loading');
  await reply({ ok: state() });
  assert.equal(session.data.run?.summary.name, 'a');
});

test('no run is empty, a named run that is gone falls back to the newest, other faults are told', async () => {
  const unknown = { error: { code: 'run.unknown', message: 'gone' } };
  const { session, opens, reply } = host();
  session.open({ ...VIEW, run: RUN });
  await reply(unknown);
  assert.equal(opens().length, 2);
  await reply(unknown);
  assert.equal(session.status, 'empty');
  session.open(VIEW);
  await reply({ error: { code: 'internal', message: 'It broke.' } });
  assert.equal(session.status, 'error');
  assert.equal(session.message, 'It broke.');
  session.open(VIEW);
  await reply({ ok: state() });
  assert.equal(session.status, 'open');
});
