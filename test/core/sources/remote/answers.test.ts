import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../../src/core/sources/remote/backoff';
import { parseContentRange, strongTag } from '../../../../src/core/sources/remote/httpRange';
import { asNumber, parseAnswer } from '../../../../src/core/sources/remote/jsonAnswer';
import { parseHistory, parseRuns } from '../../../../src/core/sources/remote/mlflowAnswers';
import { parseScontrol } from '../../../../src/core/sources/remote/slurm';
import { sshHostNames } from '../../../../src/core/sources/remote/sshConfig';
import { NewestFirstSeen, parseScalars, parseTags } from '../../../../src/core/sources/remote/tensorboardAnswers';
import { parseWandbHistory, parseWandbRun } from '../../../../src/core/sources/remote/wandbAnswers';

test('content ranges are read, and contradictions refused', () => {
  assert.deepEqual(parseContentRange('bytes 0-0/12345'), { first: 0, last: 0, total: 12345 });
  assert.deepEqual(parseContentRange('bytes 5-9/*'), { first: 5, last: 9, total: null });
  assert.deepEqual(parseContentRange('bytes */77'), { first: null, last: null, total: 77 });
  for (const bad of [
    '',
    'bytes 9-5/10',
    'bytes 0-10/10',
    'bytes */*',
    'items 0-1/2',
    'bytes 0-99999999999999999999/1',
    null,
  ]) {
    assert.equal(parseContentRange(bad), undefined);
  }
  assert.equal(strongTag('"a"'), '"a"');
  assert.equal(strongTag('W/"a"'), undefined);
  assert.equal(strongTag('"a" injected'), undefined);
});

test('tries are ever rarer, and prompt again after a success', () => {
  const backoff = new Backoff();
  backoff.fail(0);
  assert.equal(backoff.wait(0), 0);
  backoff.fail(0);
  assert.equal(backoff.wait(0), 1000);
  for (let i = 0; i < 20; i++) backoff.fail(0);
  assert.equal(backoff.wait(0), 60_000);
  backoff.succeed();
  assert.equal(backoff.wait(0), 0);
  backoff.fail(0, 300_000);
  assert.equal(backoff.wait(0), 300_000);
});

test('host names of an ssh configuration: Include is followed, patterns are left out', () => {
  const files: Record<string, string[]> = {
    'config.d/*': ['Host gpu3 gpu4\n  Include loop\n', 'host "quoted-host"\n'],
    loop: ['Include loop\nHost looped\n'],
  };
  const text =
    'Host *\n  User a\nHost gpu1 gpu2 !bad *.example\n # Host commented\nInclude config.d/*\nHOST=gpu5 # note\nMatch host x\n';
  const names = sshHostNames(text, (pattern) => files[pattern] ?? []);
  assert.deepEqual(names, ['gpu1', 'gpu2', 'gpu3', 'gpu4', 'looped', 'quoted-host', 'gpu5']);
});

test('jobs of Slurm: one, an array, one whose path has blanks, one that waits', () => {
  const record = (lines: string[]): string => `${lines.join('\n   ')}\n\n`;
  const one = record([
    'JobId=123 JobName=train',
    'UserId=alice(1001) GroupId=g(1)',
    'JobState=RUNNING Reason=None',
    'StdErr=/x/err',
    'StdOut=/home/alice/my logs/slurm-123.out',
    'Power=',
  ]);
  assert.deepEqual(parseScontrol(one), [
    { id: '123', name: 'train', state: 'RUNNING', stdout: '/home/alice/my logs/slurm-123.out' },
  ]);
  const array = [
    record([
      'JobId=130 ArrayJobId=128 ArrayTaskId=7-9%2 JobName=sweep',
      'JobState=PENDING',
      'StdOut=/x/slurm-128_4294967294.out',
    ]),
    record([
      'JobId=129 ArrayJobId=128 ArrayTaskId=6 JobName=sweep',
      'JobState=RUNNING',
      'StdOut=/x/%A_%3a-%x-%u.out',
      'UserId=bob(5)',
    ]),
  ].join('');
  assert.deepEqual(parseScontrol(array), [
    { id: '128_6', name: 'sweep', state: 'RUNNING', stdout: '/x/128_006-sweep-bob.out' },
  ]);
  assert.equal(parseScontrol(record(['JobId=5 JobName=i', 'StdOut=/dev/null']))[0]?.stdout, null);
  assert.deepEqual(parseScontrol('slurm_load_jobs error: Invalid job id specified'), []);
});

test('points of TensorBoard: non-finite values, nonsense, and a sample that changes', () => {
  assert.deepEqual(
    parseScalars([[1.5, 10, 2], [2, 20, 'NaN'], ['x'], 7, [3, 30, '-Infinity']]).map(({ value }) => value),
    [2, Number.NaN, Number.NEGATIVE_INFINITY],
  );
  assert.throws(() => parseScalars({ error: 1 }), { code: 'remote.protocol' });
  assert.deepEqual([...parseTags({ a: { loss: {} }, empty: {} })], [['a', ['loss']]]);
  const point = (step: number) => ({ step, value: step, timeMs: step * 1000 });
  const seen = new NewestFirstSeen();
  assert.deepEqual(
    seen.take([1, 5, 9].map(point)).map(({ step }) => step),
    [1, 5, 9],
  );
  assert.deepEqual(
    seen.take([1, 3, 7, 9, 12, 11].map(point)).map(({ step }) => step),
    [11, 12],
  );
  const restart = { step: 10, value: 0, timeMs: 99_000 };
  assert.deepEqual(seen.take([point(9), restart]), [restart]);
});

test('answers of MLflow: integers as texts, deprecated names, missing parts', () => {
  const page = parseHistory({
    metrics: [{ key: 'loss', value: 'NaN', step: '12', timestamp: '1700' }, { value: {} }],
    next_page_token: 't',
  });
  assert.deepEqual(page, { items: [{ value: Number.NaN, step: 12, timeMs: 1700 }], next: 't' });
  const { items } = parseRuns({
    runs: [
      {
        info: { run_uuid: 'r', status: 'RUNNING' },
        data: {
          params: [
            { key: 'lr', value: '1e-3' },
            { key: 'x', value: 'None' },
          ],
          tags: [{ key: 'mlflow.runName', value: 'n' }],
        },
      },
    ],
  });
  assert.deepEqual(items[0], {
    id: 'r',
    name: 'n',
    experiment: '',
    status: 'RUNNING',
    params: [
      ['lr', 0.001],
      ['x', null],
    ],
    latest: new Map(),
  });
  assert.deepEqual(parseRuns({}), { items: [], next: null });
  assert.equal(asNumber('Infinity'), Number.POSITIVE_INFINITY);
  assert.equal(asNumber('abc'), undefined);
});

test('answers of W&B: rows in order, errors in words, hostile forms refused', () => {
  const rows = parseWandbHistory({
    data: { project: { run: { history: ['{"_step":2,"loss":1}', '{"_step":1,"loss":"NaN"}', '{"x":1}'] } } },
  });
  assert.deepEqual(
    rows.map(({ step }) => step),
    [1, 2],
  );
  const run = {
    name: 'id',
    displayName: 'n',
    state: 'running',
    config: '{"lr":{"value":0.1},"_wandb":{"value":{}},"d":{"value":{"a":1}}}',
    historyKeys: { lastStep: 7 },
  };
  assert.deepEqual(parseWandbRun({ data: { project: { run } } }), {
    id: 'id',
    name: 'n',
    state: 'running',
    config: [['lr', 0.1]],
    lastStep: 7,
  });
  assert.throws(() => parseWandbRun({ data: { project: { run: null } } }), { code: 'remote.notFound' });
  assert.throws(() => parseWandbRun({ data: { project: null } }), { code: 'remote.notFound' });
  assert.throws(() => parseWandbRun({ errors: [{ message: 'no' }] }), { message: /says: no/ });
  for (const bad of [null, [], 'x', 7]) assert.throws(() => parseWandbRun(bad), { code: 'remote.protocol' });
  assert.throws(() => parseAnswer(new TextEncoder().encode('<html>'), 'x'), {
    code: 'remote.protocol',
    message: /address/,
  });
});
