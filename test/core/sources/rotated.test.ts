import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { Engine } from '../../../src/core/engine/engine';
import { byAge } from '../../../src/core/sources/rotated';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const log = { info: () => undefined, warn: () => undefined };

function lines(from: number, to: number): string {
  let text = '';
  for (let step = from; step < to; step++) text += `{"step": ${step}, "loss": ${5 - step / 1000}}\n`;
  return text;
}

test('parts of a rotated log are ordered from the oldest to the one that is written', () => {
  const names = ['b.log', 'a.log', 'a.log.1', 'a.log.2.gz', 'a.log.10.zst', 'a.log-20250102', 'a.log-20250101.gz'];
  assert.deepEqual(
    names.map((name) => `/w/${name}`).sort(byAge),
    ['a.log-20250101.gz', 'a.log-20250102', 'a.log.10.zst', 'a.log.2.gz', 'a.log.1', 'a.log', 'b.log'].map(
      (name) => `/w/${name}`,
    ),
  );
});

test('a rotated log is one run, its packed parts first, and a further rotation brings nothing twice', async () => {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log });
  fs.write('/w/train.jsonl', lines(200, 250));
  fs.write('/w/train.jsonl.1', lines(100, 200));
  fs.write('/w/train.jsonl.2.gz', zlib.gzipSync(lines(0, 100)));
  fs.write('/w/train.jsonl.old', lines(0, 7));
  await engine.scan([{ path: '/w', name: 'w' }], []);
  const [run, ...others] = engine.runs();
  assert.equal(others.length, 0);
  const steps = () => run!.parts('train_loss').flatMap((series) => [...series.steps.view()]);
  const upTo = (end: number) => Array.from({ length: end }, (_, i) => i);
  assert.deepEqual(steps(), upTo(250));
  const move = (from: string, to: string) => fs.files.set(to, fs.files.get(from)!);
  move('/w/train.jsonl.2.gz', '/w/train.jsonl.3.gz');
  move('/w/train.jsonl.1', '/w/train.jsonl.2');
  move('/w/train.jsonl', '/w/train.jsonl.1');
  fs.append('/w/train.jsonl.1', lines(250, 260));
  fs.replace('/w/train.jsonl', lines(260, 300));
  await clock.pass(5_000);
  await engine.settle();
  assert.deepEqual(steps(), upTo(300));
  engine.dispose();
});

for (const [title, packed, expected] of [
  ['its last lines are read out of the archive', lines(0, 120), 150],
  ['an archive of another log is left alone', lines(500, 700), 150],
] as const) {
  test(`a log that is renamed and packed at once: ${title}`, async () => {
    const fs = new MemoryFileSystem();
    const clock = new ManualClock();
    const engine = new Engine({ fs, pool: new InlinePool(), clock, log });
    fs.write('/w/train.jsonl', lines(0, 100));
    await engine.scan([{ path: '/w', name: 'w' }], []);
    const [run] = engine.runs();
    const steps = () => run!.parts('train_loss').flatMap((series) => [...series.steps.view()]);
    fs.write('/w/train.jsonl.1.gz', zlib.gzipSync(packed));
    fs.replace('/w/train.jsonl', lines(120, expected));
    await clock.pass(5_000);
    await engine.settle();
    const lost = packed.includes('"step": 0,') ? 0 : 20;
    assert.equal(steps().length, expected - lost);
    assert.equal(new Set(steps()).size, expected - lost);
    engine.dispose();
  });
}
