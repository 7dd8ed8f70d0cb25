import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../../src/core/engine/engine';
import { InlinePool } from '../../../../src/node/inlinePool';
import { ManualClock } from '../../../lib/manualClock';
import { MemoryFileSystem } from '../../../lib/memoryFileSystem';
import { normals } from '../../fit/random';

const noise = normals(1200, 4);

/** Rows [from, to) of a run under a cosine of 1000 rows; from row 600 on the loss is `lost` higher each hundred rows. */
function rows(from: number, to: number, lost: number): string {
  return Array.from({ length: to - from }, (_, i) => {
    const row = from + i + 1;
    const lr = 0.0005 * (1 + Math.cos((Math.PI * row) / 1000));
    const loss = 2.6 + 5 * (row * 10) ** -0.35 + 0.01 * noise[row]! + (lost * Math.max(0, row - 600)) / 100;
    return `{"step": ${row * 10}, "loss": ${loss.toFixed(5)}, "lr": ${lr.toPrecision(6)}, "total_steps": 10000}\n`;
  }).join('');
}

function world() {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const log = { info: () => undefined, warn: () => undefined };
  return { fs, clock, engine: new Engine({ fs, pool: new InlinePool(), clock, log }) };
}

async function atOnce(lost: number) {
  const { fs, engine } = world();
  fs.write('/w/a.jsonl', rows(0, 1000, lost));
  const [run] = await engine.add('/w/a.jsonl');
  await engine.watchLaw(run!);
  engine.dispose();
  return run!.offCurve;
}

test('a loss that leaves the forecast of its past is told', async () => {
  const [warning] = await atOnce(0.15);
  assert.deepEqual([warning?.id, warning?.severity], ['offCurve', 'warning']);
  assert.ok(warning!.step > 5800 && warning!.step < 8000, String(warning!.step));
  assert.match(warning!.evidence.text, /^The forecast from the losses up to step .* standard deviations\)\.$/);
});

test('a run that follows its law is not', async () => {
  assert.deepEqual(await atOnce(0), []);
});

test('a log that grows says the same as one that is read in one go', async () => {
  const { fs, clock, engine } = world();
  fs.write('/w/a.jsonl', rows(0, 100, 0.15));
  const [run] = await engine.add('/w/a.jsonl');
  for (let at = 100; at < 1000; at += 90) {
    fs.append('/w/a.jsonl', rows(at, at + 90, 0.15));
    await clock.pass(400);
    await engine.watchLaw(run!);
  }
  assert.deepEqual(run!.offCurve, await atOnce(0.15));
  engine.dispose();
});
