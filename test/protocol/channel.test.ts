import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelSource } from '../../src/core/cancel';
import { CancelledError, LosslineError } from '../../src/core/errors';
import { type Envelope, isEnvelope, PanelChannel, RemoteError, replyOf } from '../../src/protocol/channel';
import { PROTOCOL_VERSION as v } from '../../src/protocol/version';

interface Sums {
  requests: { add: { params: [number, number]; result: number } };
  toPanel: { changed: string };
}

function channel(timeoutMs = 1000) {
  const posted: Envelope[] = [];
  const timers = {
    set: (f: () => void, ms: number) => setTimeout(f, ms),
    clear: (t: unknown) => clearTimeout(t as NodeJS.Timeout),
  };
  return { posted, made: new PanelChannel<Sums>((message) => posted.push(message), timers, timeoutMs) };
}

test('a call is answered by the reply with its id', async () => {
  const { posted, made } = channel();
  const sum = made.call('add', [1, 2]);
  const other = made.call('add', [3, 4]);
  const overTheWire = JSON.parse(JSON.stringify(posted)) as Envelope[];
  assert.ok(overTheWire.every(isEnvelope));
  made.receive({ v, kind: 'reply', id: 2, reply: { ok: 7 } });
  made.receive({ v, kind: 'reply', id: 1, reply: { ok: 3 } });
  assert.deepEqual(await Promise.all([sum, other]), [3, 7]);
  assert.equal(made.receive({ v, kind: 'reply', id: 1, reply: { ok: 3 } }), false);
});

test('an error of the other side rejects with its code', async () => {
  const { made } = channel();
  const sum = made.call('add', [1, 2]);
  made.receive({
    v,
    kind: 'reply',
    id: 1,
    reply: await replyOf(() => Promise.reject(new LosslineError('run.unknown', 'gone'))),
  });
  await assert.rejects(
    sum,
    (error) => error instanceof RemoteError && error.code === 'run.unknown' && error.message === 'gone',
  );
});

test('silence ends in a time-out, and a cancelled call tells the other side', async () => {
  const { made, posted } = channel(5);
  await assert.rejects(made.call('add', [1, 2]), /No answer to add/);
  const cancel = new CancelSource();
  const cancelled = made.call('add', [1, 2], cancel);
  cancel.abort();
  await assert.rejects(cancelled, CancelledError);
  assert.deepEqual(posted.at(-1), { v, kind: 'cancel', id: 2 });
});

test('events go to their listener; strangers and other versions are refused', () => {
  const { made } = channel();
  const seen: string[] = [];
  made.on('changed', (body) => seen.push(body));
  assert.ok(made.receive({ v, kind: 'event', name: 'changed', body: 'x' }));
  assert.equal(made.receive({ v, kind: 'event', name: 'unknown', body: 'x' }), false);
  for (const junk of [null, 3, 'x', {}, { v: v + 1, kind: 'event', name: 'changed', body: 'y' }])
    assert.equal(made.receive(junk), false);
  assert.deepEqual(seen, ['x']);
});
