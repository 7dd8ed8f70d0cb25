import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import type { LogChoice } from '../../../src/core/engine/logChoice';
import { LosslineError } from '../../../src/core/errors';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };
const root = { path: '/w', name: 'w' };

/** 40 records whose step is a counter of evaluations, `opt` the real step, `obj` the objective. */
const row = {
  jsonl: (i: number) => `{"step": ${i}, "opt": ${i * 5}, "loss": ${10 - i / 10}, "obj": ${5 - i / 20}}\n`,
  csv: (i: number) => `${i},${i * 5},${10 - i / 10},${5 - i / 20}\n`,
  log: (i: number) => `step: ${i}, opt: ${i * 5}, loss: ${10 - i / 10}, obj: ${5 - i / 20}\n`,
};
const HEAD = { jsonl: '', csv: 'step,opt,loss,obj\n', log: '' };

function world() {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  return { fs, clock, engine: new Engine({ fs, pool: new InlinePool(), clock, log: silent }) };
}

const CHOICE: LogChoice = { format: null, loss: 'obj', step: 'opt' };

for (const kind of ['jsonl', 'csv', 'log'] as const) {
  test(`${kind}: the user's loss and step, before and after the log is followed, and as it grows`, async () => {
    const rows = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, i) => row[kind](from + i)).join('');
    const file = `/w/a.${kind}`;
    const expected = Array.from({ length: 40 }, (_, i) => [(i + 1) * 5, 5 - (i + 1) / 20]);
    for (const when of ['before', 'after'] as const) {
      const { fs, clock, engine } = world();
      fs.write(file, HEAD[kind] + rows(1, 21));
      if (when === 'before') await engine.setChoice(file, CHOICE);
      await engine.scan([root], []);
      if (when === 'after') await engine.setChoice(file, CHOICE);
      fs.append(file, rows(21, 40));
      await clock.pass(1000);
      fs.append(file, row[kind](40).trimEnd());
      await clock.pass(5000);
      const [run] = engine.runs();
      const points = run!
        .spans('train_loss')
        .flatMap(({ steps, values }) => Array.from(steps, (s, i) => [s, values[i]]));
      assert.deepEqual(points, expected, when);
      assert.deepEqual(run!.seriesNames().sort(), ['loss', 'train_loss']);
      await engine.setChoice(file, null);
      assert.equal(run!.spans('train_loss')[0]!.values[0], 9.9);
      assert.equal(run!.lastStep(), 40);
      engine.dispose();
    }
  });
}

test('every format that could read a log says what it would read; the one that recognises it comes first', async () => {
  const { fs, clock, engine } = world();
  fs.write('/w/a.log', readFileSync('test/fixtures/formats/nanogpt/wandbOutput.log'));
  const preview = engine.previewFormats('/w/a.log');
  await clock.pass(1000);
  const [first, ...others] = await preview;
  assert.equal(first?.format, 'nanogpt');
  assert.ok(first.series.some(({ name, points }) => name === 'val_loss' && points > 0));
  assert.ok(others.some(({ format }) => format === 'keyValue'));
  assert.ok(others.every(({ format }) => format !== 'nanogpt'));
  const gone = engine.previewFormats('/w/none.log');
  await assert.rejects(gone, (error) => error instanceof LosslineError && error.code === 'file.notFound');
  fs.write('/w/noise.bin', new Uint8Array(5000));
  const noise = engine.previewFormats('/w/noise.bin');
  await clock.pass(1000);
  assert.deepEqual(await noise, []);
  engine.dispose();
});

test('a format that is chosen is no guess any more', async () => {
  const { fs, engine } = world();
  fs.write('/w/a.csv', '1,2.5\n2,2.4\n3,2.3\n');
  await engine.scan([root], []);
  const [run] = engine.runs();
  assert.equal(run!.files[0]!.guessed, true);
  await engine.setChoice('/w/a.csv', { format: 'csv' });
  assert.equal(run!.files[0]!.guessed, false);
  await engine.setChoice('/w/a.csv', { format: 'no such format' });
  assert.equal(run!.files[0]!.format?.id, 'csv');
  engine.dispose();
});
