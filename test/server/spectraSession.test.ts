import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { Engine } from '../../src/core/engine/engine';
import { SpectraCache } from '../../src/core/spectra/spectraCache';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import type { CheckpointView, SpectraState } from '../../src/protocol/spectra';
import { SpectraSession } from '../../src/server/panels/spectraSession';
import { Analyses } from '../../src/server/spectra/analyses';
import { checkpointsOfRun } from '../../src/server/spectra/checkpointList';
import { writeSeries } from '../lib/gptSeries';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-spectra-session-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));
const SERIES = { layers: 1, width: 64, vocabulary: 80, steps: [100, 200] };

/** A run with two checkpoints, and a session that looks at the first. */
async function world() {
  const run = path.join(root, 'run');
  const paths = writeSeries(run, SERIES);
  const rows = Array.from({ length: 30 }, (_, i) => ({ step: 10 * i, loss: 4 - i / 20, lr: 1e-3 - i * 1e-5 }));
  fs.writeFileSync(path.join(run, 'metrics.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  fs.writeFileSync(path.join(run, 'config.json'), '{"weight_decay": 0.1}');
  const files = new NodeFileSystem();
  const pool = new InlinePool();
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: files, pool, clock: new SystemClock(), log, onlyWhenAsked: true });
  await engine.scan([{ path: root, name: 'root' }], []);
  const analyses = new Analyses({ fs: files, budget: 1e8, makePool: () => pool, cache: new SpectraCache(files) });
  const told: CheckpointView[] = [];
  const session = new SpectraSession(
    engine,
    (name, body) => void (name === 'checkpoints/didChange' && told.push(...(body as CheckpointView[]))),
    analyses,
  );
  const open = (): Promise<SpectraState> =>
    session.request('view/open', { path: paths[0], analyse: 'always' }) as Promise<SpectraState>;
  const done = async (file: string): Promise<void> => {
    while (!told.some((each) => each.path === file && each.state === 'done'))
      await new Promise((r) => setTimeout(r, 10));
  };
  const stop = (): void => {
    session.close();
    engine.dispose();
  };
  return { run, paths, engine, analyses, open, done, stop };
}

test('a checkpoint of a run knows it: its other checkpoints, and the inputs of the law with their sources', async () => {
  const { run, paths, engine, open, done, stop } = await world();
  const found = await checkpointsOfRun(engine, engine.runs()[0]!);
  assert.deepEqual(
    found.checkpoints.map(({ label, step }) => [label, step]),
    [
      ['checkpoint-100', 100],
      ['checkpoint-200', 200],
    ],
  );
  await open();
  await done(paths[0]!);
  const state = await open();
  assert.equal(state.run?.id, run);
  const [scale] = state.scales;
  assert.deepEqual([scale!.learningRate.value, scale!.learningRate.where], [1e-3 - 10 * 1e-5, 'logged at step 100']);
  assert.deepEqual([scale!.weightDecay.value, scale!.width.value], [0.1, 64]);
  assert.ok(Math.abs(scale!.scale! - Math.sqrt(9e-4 / 0.1) * 64 ** 0.75) < 1e-12);
  assert.ok(Math.abs(scale!.averagingSteps! - 1 / (9e-4 * 0.1)) < 1e-6);
  stop();
});

test('a checkpoint that was measured as it appeared is shown without being asked for', async () => {
  const { run, analyses, open, done, stop } = await world();
  assert.equal((await open()).checkpoints.length, 2);
  writeSeries(run, { ...SERIES, steps: [300] });
  const fresh = path.join(run, 'checkpoint-300');
  analyses.noticeMeasured(fresh);
  await done(fresh);
  const { checkpoints } = await open();
  assert.deepEqual(checkpoints.map(({ step, added }) => [step, added]).at(-1), [300, false]);
  stop();
});
