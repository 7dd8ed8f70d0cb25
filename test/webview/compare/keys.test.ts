import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GridActions, HEAD, moveOf, runKey } from '../../../webview/compare/gridKeys';

const SIZE = { lines: 30, columns: 5 };

test('keys move within the heads, the lines and the columns', () => {
  const cases: readonly (readonly [string, readonly [number, number], readonly [number, number]])[] = [
    ['ArrowDown', [0, 1], [1, 1]],
    ['ArrowDown', [29, 1], [29, 1]],
    ['ArrowUp', [0, 2], [HEAD, 2]],
    ['ArrowUp', [HEAD, 2], [HEAD, 2]],
    ['PageUp', [4, 1], [0, 1]],
    ['PageDown', [25, 1], [29, 1]],
    ['Home', [12, 3], [0, 3]],
    ['End', [12, 3], [29, 3]],
    ['ArrowLeft', [3, 0], [3, 0]],
    ['ArrowRight', [3, 4], [3, 4]],
    ['ArrowRight', [HEAD, 3], [HEAD, 4]],
  ];
  for (const [key, [index, column], [line, to]] of cases) {
    assert.deepEqual(moveOf(key, { index, column }, SIZE), { index: line, column: to }, `${key} from ${index}`);
  }
  for (const key of ['x', 'toString', 'Tab']) assert.equal(moveOf(key, { index: 0, column: 0 }, SIZE), null);
  assert.deepEqual(moveOf('End', { index: 0, column: 0 }, { lines: 0, columns: 5 }), { index: HEAD, column: 0 });
});

test('each key on a run does one thing, others nothing', () => {
  const done: string[] = [];
  const actions = new Proxy({} as GridActions, {
    get: (_, name) => (first: unknown, mode?: string) =>
      done.push([name, first, mode].filter((part) => part !== undefined).join(' ')),
  });
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    runKey({ key, ctrlKey: false, metaKey: false, ...more } as KeyboardEvent, '/a', actions);
  assert.ok(press(' ') && press('Enter') && press('P') && press('h') && press('s') && press('Escape'));
  assert.ok(press('a', { ctrlKey: true }) && press(' ', { metaKey: true }));
  assert.ok(!press('a') && !press('c', { ctrlKey: true }) && !press('constructor') && !press('F5'));
  assert.deepEqual(done, [
    'tick /a',
    'open /a',
    'pin /a',
    'hide /a',
    'select /a toggle',
    'select  only',
    'select  all',
    'select /a toggle',
  ]);
});
