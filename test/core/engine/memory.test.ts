import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const curves = 'test/fixtures/curves/curves';
const rows = (name: string): string[] => fs.readFileSync(`${curves}/${name}.csv`, 'utf8').trim().split('\n');

/** A recorded run as JSON lines that say their plan; `share` of it. */
function log(name: string, share = 1): string {
  const all = rows(name).slice(1);
  const last = all.at(-1)!.split(',')[0];
  const config = { config: { max_steps: Number(last), n_layer: 12, n_embd: 768, lr_scheduler_type: 'cosine' } };
  const lines = all.slice(0, Math.ceil(share * all.length)).map((row) => {
    const [step, lr, loss] = row.split(',').map(Number);
    return JSON.stringify({ step, learning_rate: lr, loss });
  });
  return `${[JSON.stringify(config), ...lines].join('\n')}\n`;
}

const silent = { info: () => undefined, warn: () => undefined };

async function world(files: Readonly<Record<string, string>>, order = Object.keys(files)) {
  const memoryFs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs: memoryFs, pool: new InlinePool(), clock, log: silent });
  engine.memory.learns = true;
  for (const path of order) {
    memoryFs.write(path, files[path]!);
    await engine.add(path);
    await clock.pass(3000);
  }
  return { engine, clock };
}

const DONE = { '/w/a.jsonl': log('mpl-100M-cosine-24000'), '/w/b.jsonl': log('mpl-100M-cosine-72000') };
const FILES = { ...DONE, '/w/c.jsonl': log('mpl-100M-wsdld-20000-24000', 0.5) };

test('finished runs are learnt from, live ones are not; the forecast says from which, whatever the order', async () => {
  const { engine } = await world(FILES);
  assert.deepEqual(
    engine.memory.runs.map(({ id }) => id),
    ['/w/a.jsonl', '/w/b.jsonl'],
  );
  const { forecast, fitted } = engine.run('/w/c.jsonl')!.forecast;
  assert.deepEqual([...forecast!.report.learntFrom].sort(), ['a.jsonl', 'b.jsonl']);
  assert.equal(fitted!.basis, 'model');
  const other = await world(FILES, Object.keys(FILES).reverse());
  assert.deepEqual(other.engine.run('/w/c.jsonl')!.forecast.forecast, forecast);
  engine.dispose();
  other.engine.dispose();
});

test('what was kept serves the next session; forgotten runs do not come back', async () => {
  const first = await world(DONE);
  const kept = JSON.parse(JSON.stringify(first.engine.memory.runs));
  first.engine.dispose();
  const { engine, clock } = await world({ '/w/c.jsonl': FILES['/w/c.jsonl'] });
  const alone = engine.run('/w/c.jsonl')!.forecast.forecast!;
  assert.deepEqual(alone.report.learntFrom, []);
  engine.memory.restore(kept);
  engine.refit();
  await clock.pass(3000);
  const learnt = engine.run('/w/c.jsonl')!.forecast.forecast!;
  assert.equal(learnt.report.learntFrom.length, 2);
  engine.memory.restore([], ['/w/a.jsonl']);
  engine.refit();
  await clock.pass(3000);
  assert.deepEqual(engine.run('/w/c.jsonl')!.forecast.forecast, alone);
  assert.equal(engine.memory.learn(kept[0]), false);
  assert.equal(engine.memory.learn(kept[1]), true);
  assert.equal(engine.memory.learn(kept[1]), false, 'nothing new');
  engine.dispose();
});

test('a memory that was not turned on takes nothing in', async () => {
  const memoryFs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs: memoryFs, pool: new InlinePool(), clock, log: silent });
  memoryFs.write('/w/a.jsonl', DONE['/w/a.jsonl']);
  await engine.add('/w/a.jsonl');
  await clock.pass(3000);
  assert.deepEqual(engine.memory.runs, []);
  engine.dispose();
});
