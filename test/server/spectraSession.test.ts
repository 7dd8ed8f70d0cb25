import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import type { CancelSignal } from '../../src/core/cancel';
import { Engine } from '../../src/core/engine/engine';
import type { JobName, Jobs } from '../../src/core/engine/jobs';
import { CancelledError } from '../../src/core/errors';
import { SpectraCache } from '../../src/core/spectra/spectraCache';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import type { AnalysisState, CheckpointView, SpectraState } from '../../src/protocol/spectra';
import { SpectraSession } from '../../src/server/panels/spectraSession';
import { Analyses } from '../../src/server/spectra/analyses';
import { checkpointsOfRun } from '../../src/server/spectra/checkpointList';
import { gaussian } from '../core/spectra/matrices';
import { writeSeries } from '../lib/gptSeries';
import { f32, safetensors } from '../lib/safetensors';
import { until } from '../lib/until';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-spectra-session-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));
const SERIES = { layers: 1, width: 64, vocabulary: 80, steps: [100, 200] };
/** Matrices of a large checkpoint that one job measures together. */
const SMALL = 12;

/** Does all jobs but those of one matrix, which last until they are cancelled: no machine is faster. */
class HeldPool extends InlinePool {
  /** Jobs that are held now. */
  held = 0;

  constructor(public matrix: string | null = null) {
    super();
  }

  override async run<N extends JobName>(
    name: N,
    input: Jobs[N]['input'],
    signal?: CancelSignal,
  ): Promise<Jobs[N]['result']> {
    const matrices = name === 'spectra' ? (input as Jobs['spectra']['input']).matrices.flat() : [];
    if (this.matrix === null || !matrices.includes(this.matrix)) return super.run(name, input, signal);
    this.held++;
    return new Promise((_resolve, reject) => {
      signal!.addEventListener('abort', () => {
        this.held--;
        reject(new CancelledError());
      });
    });
  }
}

/** A run with two checkpoints, and a session that looks at the first. */
async function world() {
  const run = path.join(root, 'run');
  const paths = writeSeries(run, SERIES);
  const rows = Array.from({ length: 30 }, (_, i) => ({ step: 10 * i, loss: 4 - i / 20, lr: 1e-3 - i * 1e-5 }));
  fs.writeFileSync(path.join(run, 'metrics.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  fs.writeFileSync(path.join(run, 'config.json'), '{"weight_decay": 0.1}');
  const files = new NodeFileSystem();
  const pool = new HeldPool();
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
  const open = (file = paths[0]): Promise<SpectraState> =>
    session.request('view/open', { path: file, analyse: 'always' }) as Promise<SpectraState>;
  const reached = (state: AnalysisState, file: string): Promise<unknown> =>
    until(
      `a checkpoint that is ${state}`,
      () => told.findLast((each) => each.path === file)?.state === state,
      () => told,
    );
  const done = (file: string): Promise<unknown> => reached('done', file);
  const stop = (): void => {
    session.close();
    engine.dispose();
  };
  return { run, paths, engine, analyses, session, pool, open, reached, done, stop };
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

/** A checkpoint of small matrices and one that a job measures by itself. */
function writeLarge(file: string): void {
  const shapes: [number, number][] = [...new Array<[number, number]>(SMALL).fill([48, 48]), [70_000, 64]];
  const tensors = shapes.map((shape, index) => {
    const bytes = f32(gaussian(...shape, index, 0.02));
    return { name: `layers.${index}.weight`, dtype: 'F32', shape, bytes };
  });
  fs.writeFileSync(file, safetensors(tensors));
}

test('a cancelled analysis keeps what it has found and goes on when it is started again', async () => {
  const { session, pool, open, reached, stop } = await world();
  const large = path.join(root, 'large.safetensors');
  writeLarge(large);
  pool.matrix = `layers.${SMALL}.weight`;
  await open(large);
  const found = async () => (await open(large)).tensors[0]?.tensors.length;
  await until('the small matrices', async () => (await found()) === SMALL, found);
  await session.request('spectra/cancel', { paths: [large] });
  await reached('cancelled', large);
  assert.deepEqual([pool.held, await found()], [0, SMALL]);
  pool.matrix = null;
  await session.request('spectra/start', { paths: [large] });
  await reached('done', large);
  assert.equal(await found(), SMALL + 1);
  stop();
});

test('closing the panel ends its analysis', async () => {
  const { session, pool, open, stop } = await world();
  const large = path.join(root, 'closed.safetensors');
  writeLarge(large);
  pool.matrix = `layers.${SMALL}.weight`;
  await open(large);
  await until('the held matrix', () => pool.held === 1);
  session.close();
  await until('the end of its job', () => pool.held === 0);
  stop();
});
