import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { scanFolder } from '../../../src/core/engine/discovery';
import { Engine } from '../../../src/core/engine/engine';
import { isIgnored, readGitignore } from '../../../src/core/engine/gitignore';
import { MAX_STRANGERS } from '../../../src/core/limits';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const LOG = Array.from({ length: 20 }, (_, i) => `{"step": ${i}, "loss": ${5 / (i + 1)}}\n`).join('');

test('ignore patterns mean what they mean to git', (t) => {
  if (spawnSync('git', ['--version']).status !== 0) return t.skip('git is not installed');
  const patterns = [
    ...['data', '/build', 'a/b', '**/cache', 'tmp/**', 'out*', 'x?y', '[abc]z', '[!abc]q', 'p+q', 'deep/**/end'],
    ...['!outside', '# comment', '', '\\#hash', '\\!bang', 'trail/  ', 'we[ird', 'a.b', '/one/*/three'],
  ];
  const folders = [
    ...['data', 'x/data', 'data2', 'build', 'x/build', 'a/b', 'x/a/b', 'cache', 'x/y/cache', 'tmp', 'out', 'outer'],
    ...['outside', 'x/outside', 'x1y', 'x/x2y', 'xy', 'az', 'dz', 'aq', 'dq', 'p+q', 'ppq', 'deep/end', 'deep/1/2/end'],
    ...['#hash', '!bang', 'trail', 'axb', 'a.b', 'one/2/three', 'x/one/2/three', 'comment'],
  ];
  const rules = readGitignore(patterns.join('\n'));
  const repository = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-ignore-'));
  try {
    execFileSync('git', ['init', '-q', repository]);
    fs.writeFileSync(path.join(repository, '.gitignore'), patterns.join('\n'));
    for (const folder of folders) fs.mkdirSync(path.join(repository, folder), { recursive: true });
    for (const folder of folders) {
      // Git also ignores what lies in an ignored folder; a walk never gets there.
      const parents = folder.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
      const ours = parents.some((parent) => isIgnored(rules, parent) === true);
      const git = spawnSync('git', ['check-ignore', '-q', `${folder}/`], { cwd: repository }).status === 0;
      assert.equal(ours, git, folder);
    }
  } finally {
    fs.rmSync(repository, { recursive: true, force: true });
  }
});

test('hostile ignore files are read in no time and never throw', () => {
  const nasty = [
    '('.repeat(200),
    '[z-a]',
    '[',
    '\\',
    '*a'.repeat(140),
    '*a?'.repeat(90),
    `${'**/'.repeat(90)}x`,
    '[[:alpha:]]',
    '!',
  ];
  const rules = readGitignore([...nasty, ...Array.from({ length: 5000 }, (_, i) => `p${i}`)].join('\n'));
  assert.ok(rules.length <= 1000);
  assert.equal(isIgnored(rules, 'p5'), true);
  assert.equal(isIgnored(rules, 'q'), undefined);
  assert.equal(isIgnored(rules, `${'a'.repeat(4000)}bb`), undefined);
  assert.equal(isIgnored(rules, `${'b/'.repeat(1000)}c`), undefined);
});

test('git’s ignore files leave out source trees, not runs', async () => {
  const memory = new MemoryFileSystem();
  memory.write('/w/.gitignore', 'datasets/\nruns/\nexp*/\n*.log\n!keep\n');
  memory.write('/w/datasets/a/list.jsonl', LOG);
  memory.write('/w/runs/a/metrics.jsonl', LOG);
  memory.write('/w/exp1/version_0/metrics.csv', 'step,loss\n1,2\n2,1\n3,1\n');
  memory.write('/w/exp2/notes/list.jsonl', LOG);
  memory.write('/w/sub/.gitignore', '/inner\n');
  memory.write('/w/sub/inner/list.jsonl', LOG);
  memory.write('/w/sub/deep/inner/list.jsonl', LOG);
  memory.write('/w/train.log', LOG);
  const { logs, skipped } = await scanFolder(memory, '/w', []);
  assert.deepEqual(logs.map((log) => log.path).sort(), [
    '/w/exp1/version_0/metrics.csv',
    '/w/runs/a/metrics.jsonl',
    '/w/sub/deep/inner/list.jsonl',
    '/w/train.log',
  ]);
  assert.deepEqual(skipped.map((each) => each.path).sort(), ['/w/datasets', '/w/exp2', '/w/sub/inner']);
});

test('a folder of data is left when nothing in it is a log, and costs no second look', async () => {
  const memory = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({
    fs: memory,
    pool: new InlinePool(),
    clock,
    log: { info: () => undefined, warn: () => undefined },
  });
  for (let i = 0; i < 500; i++) memory.write(`/w/texts/${i}.txt`, `${'words '.repeat(2000)}${i}`);
  memory.write('/w/runs/a/metrics.jsonl', LOG);
  const report = await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.equal(report.logs.length, 1);
  assert.equal(report.strangers.size, MAX_STRANGERS);
  assert.match(engine.skipped.find(({ path: where }) => where === '/w/texts')!.reason, /no logs/);
  await clock.pass(60_000);
  const { bytesRead } = memory;
  await clock.pass(600_000);
  assert.equal(memory.bytesRead, bytesRead);
  memory.write('/w/runs/b/metrics.jsonl', LOG);
  await clock.pass(120_000);
  assert.equal(engine.runs().length, 2);
  engine.dispose();
});
