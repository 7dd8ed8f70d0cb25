import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../../src/core/engine/engine';
import { findingsOf } from '../../../../src/core/engine/runFindings';
import { InlinePool } from '../../../../src/node/inlinePool';
import { ManualClock } from '../../../lib/manualClock';
import { MemoryFileSystem } from '../../../lib/memoryFileSystem';

/** Warnings of the run `bad` beside runs whose loss ends at 3 + one of `others`; `bad` itself ends at 3 + `own`. */
async function found(own: number, others: readonly number[]): Promise<string[]> {
  const fs = new MemoryFileSystem();
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log });
  const write = (name: string, add: number, steps: number): void => {
    const rows = Array.from(
      { length: steps },
      (_, i) => `{"step": ${i}, "loss": ${(3 + add + 2 / (i + 1)).toFixed(4)}}\n`,
    );
    fs.write(`/w/${name}.jsonl`, rows.join(''));
  };
  for (const [i, add] of others.entries()) write(`run${i}`, add, 300);
  write('bad', own, 200);
  const runs = await engine.add('/w');
  const bad = runs.find(({ id }) => id.includes('bad'))!;
  const warnings = findingsOf(bad, 1000, runs);
  engine.dispose();
  return warnings.map(({ id, severity, step }) => `${id} ${severity} ${step}`);
}

test('a run far above three others is told', async () => {
  assert.deepEqual(await found(1, [0, 0.02, 0.05, 0.01]), ['aboveSiblings info 199']);
});

test('nothing is said of a run that is as good, of siblings that differ as much, and of too few', async () => {
  assert.deepEqual(await found(0.1, [0, 0.02, 0.05, 0.01]), []);
  assert.deepEqual(await found(1, [0, 0.4, 0.9, 1.3]), []);
  assert.deepEqual(await found(1, [0, 0.02]), []);
});
