import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configColumn, FIXED_COLUMNS } from '../../../webview/compare/columns';
import { drawnRuns, grouped, linesOf, sorted, summaryOf } from '../../../webview/compare/order';
import { entries } from './entries';

const CONTEXT = { pinned: null };
const column = (id: string) => FIXED_COLUMNS.find((each) => each.id === id)!;
const ALL = entries([
  { name: 'run 10', final: 3.2, config: { lr: 1e-3, kind: 'b' } },
  { name: 'run 9', config: { lr: 1e-3, kind: 'a' } },
  { name: 'run 1', final: 3.0, config: { lr: 3e-4 } },
  { name: 'run 2', final: 3.2, config: { kind: 3 } },
]);
const names = (list: readonly { row: { name: string } }[]): string[] => list.map(({ row }) => row.name);

test('what is unknown comes last either way, equals keep their order', () => {
  assert.deepEqual(names(sorted(ALL, column('final'), false, CONTEXT)), ['run 1', 'run 10', 'run 2', 'run 9']);
  assert.deepEqual(names(sorted(ALL, column('final'), true, CONTEXT)), ['run 10', 'run 2', 'run 1', 'run 9']);
});

test('names are sorted as people count, numbers stand before texts', () => {
  assert.deepEqual(names(sorted(ALL, column('name'), false, CONTEXT)), ['run 1', 'run 2', 'run 9', 'run 10']);
  assert.deepEqual(names(sorted(ALL, configColumn('kind'), false, CONTEXT)), ['run 2', 'run 9', 'run 10', 'run 1']);
});

test('the difference to the pinned run is a column of its own', () => {
  const change = column('change');
  assert.equal(change.value(ALL[0]!, CONTEXT), null);
  assert.ok(Math.abs((change.value(ALL[0]!, { pinned: ALL[2]! }) as number) - 0.2) < 1e-12);
  assert.equal(change.text(ALL[0]!, { pinned: ALL[2]! }), '+0.2000');
  assert.equal(change.value(ALL[1]!, { pinned: ALL[2]! }), null);
});

test('groups go by value, those without one last, and know mean and spread of their ends', () => {
  const groups = grouped(ALL, configColumn('lr'), CONTEXT);
  assert.deepEqual(
    groups.map(({ value, entries: members }) => [value, names(members)]),
    [
      [3e-4, ['run 1']],
      [1e-3, ['run 10', 'run 9']],
      [null, ['run 2']],
    ],
  );
  assert.deepEqual(groups[0]!.final, { count: 1, mean: 3, sd: null, best: 3 });
  assert.equal(groups[1]!.final!.count, 1);
  const whole = summaryOf(ALL)!;
  assert.ok(Math.abs(whole.mean - 9.4 / 3) < 1e-12 && Math.abs(whole.sd! - 0.2 / Math.sqrt(3)) < 1e-12);
  assert.equal(summaryOf([]), null);
});

test('closed groups show no runs', () => {
  const groups = grouped(ALL, configColumn('lr'), CONTEXT);
  const lines = linesOf(groups, ALL, new Set([groups[1]!.key]));
  assert.deepEqual(
    lines.map((line) => (line.kind === 'run' ? line.entry.row.name : `group ${line.group.key}`)),
    ['group 0.0003', 'run 1', 'group 0.001', 'group null', 'run 2'],
  );
  assert.equal(linesOf(null, ALL, new Set()).length, 4);
});

test('the first rows are drawn until some are ticked', () => {
  const many = entries(Array.from({ length: 30 }, (_, i) => ({ name: `${i}` })));
  assert.equal(drawnRuns(null, many).length, 12);
  assert.deepEqual(drawnRuns(['/runs/3', '/runs/99'], many), ['/runs/3']);
  assert.deepEqual(drawnRuns([], many), []);
});
