import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { Engine } from '../../../src/core/engine/engine';
import type { TrackedRun } from '../../../src/core/engine/trackedRun';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };

function world() {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  return { fs, clock, engine: new Engine({ fs, pool: new InlinePool(), clock, log: silent }) };
}

/** The recorded run, which has a spike of its own at step 658, with another at step 1500 and losses that are no numbers from step 2500 on. */
function faultyLog(): string {
  const text = zlib.gunzipSync(fs.readFileSync('test/fixtures/warnings/main.log.gz')).toString('utf8');
  const lines = text
    .split('\n')
    .slice(0, 3000)
    .map((line) => {
      const step = Number(/^s:(\d+) trl/.exec(line)?.[1] ?? -1);
      if (step >= 2500) return line.replace(/trl:\S+/, 'trl:nan');
      return step >= 1500 && step < 1506 ? line.replace(/trl:\S+/, 'trl:4.9') : line;
    });
  return `${lines.join('\n')}\n`;
}

const idsOf = (run: TrackedRun) => run.warnings().map(({ id, severity, step }) => `${id} ${severity} ${step}`);

/** What the run says when its log is read in one go. */
async function atOnce(text: string): Promise<TrackedRun> {
  const { fs, engine } = world();
  fs.write('/w/main.log', text);
  const [run] = await engine.add('/w/main.log');
  run!.warnings();
  engine.dispose();
  return run!;
}

test('a log that grows raises what the same log raises when it is read in one go', async () => {
  const text = faultyLog();
  const whole = await atOnce(text);
  assert.deepEqual(idsOf(whole), ['lossSpike info 658', 'lossSpike info 1500', 'nonFinite error 2500']);
  const { fs, clock, engine } = world();
  fs.write('/w/main.log', text.slice(0, 5000));
  const [run] = await engine.add('/w/main.log');
  for (let at = 5000, i = 0; at < text.length; i++) {
    const next = at + ((i * 7919) % 24_000) + 1;
    fs.append('/w/main.log', text.slice(at, next));
    at = next;
    await clock.pass(400);
    run!.warnings();
  }
  await clock.pass(5000);
  assert.deepEqual(run!.warnings(), whole.warnings());
  engine.dispose();
});

test('a warning is there with the line that it is about', async () => {
  const { fs, clock, engine } = world();
  const lines = faultyLog().split('\n');
  const bad = lines.findIndex((line) => line.includes('trl:nan'));
  fs.write('/w/main.log', `${lines.slice(0, bad).join('\n')}\n`);
  const [run] = await engine.add('/w/main.log');
  assert.ok(!idsOf(run!).some((id) => id.startsWith('nonFinite')));
  fs.append('/w/main.log', `${lines[bad]}\n`);
  await clock.pass(400);
  assert.ok(idsOf(run!).includes('nonFinite error 2500'));
  engine.dispose();
});

test('steps that a restart takes back take their warnings with them', async () => {
  const lines = faultyLog()
    .split('\n')
    .filter((line) => line.includes('trl'));
  const resumed = lines.slice(2400, 2500).concat(lines.slice(2400, 2499).map((line) => line.replace(/^s:24/, 's:25')));
  const run = await atOnce([...lines.slice(0, 2700), ...resumed].join('\n'));
  assert.deepEqual(idsOf(run), ['lossSpike info 658', 'lossSpike info 1500']);
});
