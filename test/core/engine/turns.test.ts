import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../src/core/engine/turns';

/** Work that ends when it is told to. */
function works(): { done: Map<string, () => void>; begun: string[]; work: (run: string) => () => Promise<void> } {
  const done = new Map<string, () => void>();
  const begun: string[] = [];
  const work = (run: string) => () =>
    new Promise<void>((resolve) => {
      begun.push(run);
      done.set(run, resolve);
    });
  return { done, begun, work };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as many at a time as there are places, then who is wanted, then who came first', async () => {
  const { done, begun, work } = works();
  const turns = new Turns(2);
  const all = ['a', 'b', 'c', 'd', 'e'].map((run) => turns.take(run, work(run)));
  turns.prefer(['none', 'e', 'd']);
  await settled();
  assert.deepEqual(begun, ['a', 'b']);
  for (const run of ['b', 'a', 'e', 'd', 'c']) {
    done.get(run)!();
    await settled();
  }
  assert.deepEqual(begun, ['a', 'b', 'e', 'd', 'c']);
  await Promise.all(all);
  const again = turns.take('f', work('f'));
  await settled();
  assert.equal(begun.at(-1), 'f');
  done.get('f')!();
  await again;
});

test('work that fails gives its place back and its error on', async () => {
  const turns = new Turns(1);
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('b', () => Promise.resolve(7));
  await assert.rejects(failing, /no/);
  assert.equal(await next, 7);
});
