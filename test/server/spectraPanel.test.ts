import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import type { Reply } from '../../src/protocol/channel';
import * as protocol from '../../src/protocol/server';
import type {
  CheckpointView,
  ComparisonView,
  FirstAnalysis,
  MatrixView,
  SpectraState,
  TensorBatch,
  TensorView,
} from '../../src/protocol/spectra';
import { checkpointAt, matrixName, NON_FINITE, PLANTED, writeSeries } from '../lib/gptSeries';
import { withHeader } from '../lib/safetensors';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';
import { until } from '../lib/until';

const SERIES = { layers: 6, width: 128, vocabulary: 160, steps: [100, 200, 300] };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-spectra-panel-'));
let server: ServerProcess;
let paths: string[];
const events: { panel: string; name: string; body: unknown }[] = [];

before(async () => {
  paths = writeSeries(path.join(folder, 'run'), SERIES);
  await buildServer(folder);
  server = await startServer(folder);
  server.connection.onNotification(protocol.PANEL_EVENT, (event: protocol.PanelEvent['params']) => {
    events.push(event);
  });
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(panel: string, name: string, body: unknown): Promise<T> {
  const params = { panel, kind: 'spectra', name, body } satisfies protocol.PanelRequest['params'];
  const reply = await server.connection.sendRequest<Reply>(protocol.PANEL_REQUEST, params);
  if ('error' in reply) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
  return reply.ok as T;
}

const open = (panel: string, file: string, analyse: FirstAnalysis = 'always'): Promise<SpectraState> =>
  ask<SpectraState>(panel, 'view/open', { path: file, analyse });

const bodies = <T>(panel: string, name: string): T[] =>
  events.filter((event) => event.panel === panel && event.name === name).map(({ body }) => body as T);

/** Waits for the state of a checkpoint as the panel is told it. */
function reached(panel: string, file: string, state: 'done' | 'failed'): Promise<CheckpointView> {
  const views = () => bodies<CheckpointView[]>(panel, 'checkpoints/didChange').flat();
  const newest = () => views().findLast((each) => each.path === file);
  return until(`${file} to be ${state}`, () => [newest()].find((view) => view?.state === state), newest);
}

const told = (panel: string, file: string): Map<string, TensorView> =>
  new Map(
    bodies<TensorBatch[]>(panel, 'tensors/didArrive')
      .flat()
      .filter((batch) => batch.path === file)
      .flatMap(({ tensors }) => tensors.map((tensor) => [tensor.name, tensor] as const)),
  );

const findings = (tensor: TensorView | undefined): string[] => tensor?.findings.map(({ id }) => id) ?? [];

test('a checkpoint is shown with those beside it, and its matrices arrive, the smallest first', async () => {
  const state = await open('first', paths[2]!);
  assert.deepEqual(
    state.checkpoints.map(({ path: file, step }) => [file, step]),
    [
      [path.dirname(paths[0]!), 100],
      [path.dirname(paths[1]!), 200],
      [paths[2]!, 300],
    ],
  );
  assert.ok(state.checkpoints.every(({ bytes }) => bytes === fs.statSync(paths[2]!).size));
  assert.equal(state.run, null);
  const { done } = await reached('first', paths[2]!, 'done');
  assert.deepEqual([done.matrices, done.bytes], [44, done.ofBytes]);
  const tensors = told('first', paths[2]!);
  assert.equal(tensors.size, 44);
  const sizes = [...tensors.values()].map(({ shape }) => shape[0] * shape[1]);
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => a - b),
  );
});

test('what was planted is found, with what to do', async () => {
  const tensors = told('first', paths[2]!);
  const untouched = tensors.get(matrixName(PLANTED.untouched, 'mlp.up_proj'));
  assert.deepEqual(findings(untouched), ['spectra.untouched']);
  assert.match(untouched!.findings[0]!.advice, /optimizer/);
  assert.deepEqual(findings(tensors.get(matrixName(PLANTED.collapsing, 'mlp.down_proj'))), ['spectra.collapsed']);
  const broken = tensors.get(matrixName(PLANTED.nonFinite, 'self_attn.k_proj'))!;
  assert.deepEqual([broken.nonFinite, broken.measures, findings(broken)], [NON_FINITE, null, ['spectra.nonFinite']]);
  const { spikes } = tensors.get(matrixName(PLANTED.spikes, 'mlp.up_proj'))!.measures!;
  assert.ok(spikes! >= 5 && spikes! <= 24, String(spikes));
});

test('a matrix comes with its curve, the noise of its shape and the line of its tail', async () => {
  const name = matrixName(PLANTED.spikes, 'mlp.up_proj');
  const { curve, noise, tail } = await ask<MatrixView>('first', 'spectra/matrix', { path: paths[2]!, name });
  assert.deepEqual([curve.ranks[0], curve.ranks.at(-1)], [1, 128]);
  const { sigma, bulkEdge, alpha } = told('first', paths[2]!).get(name)!.measures!;
  assert.ok(Math.abs(curve.sigma[0]! - sigma[0]!.value) < 1e-9);
  assert.ok(noise![0]! <= bulkEdge! && noise![0]! > 0.9 * bulkEdge!);
  // On both axes logarithmic the line falls by 1/(2(α−1)) from its first rank to its last.
  const slope = Math.log(tail!.sigma[0] / tail!.sigma[1]) / Math.log(tail!.ranks[1] / tail!.ranks[0]);
  assert.ok(Math.abs(slope - 1 / (2 * (alpha!.value - 1))) < 1e-9);
  await assert.rejects(ask('first', 'spectra/matrix', { path: paths[2]!, name: 'none' }), { code: 'argument.invalid' });
});

test('a hidden panel is told nothing and finds everything when it is shown again', async () => {
  await server.connection.sendNotification(protocol.PANEL_DID_HIDE, { panel: 'first', closed: false });
  const before = events.length;
  await open('watcher', paths[0]!);
  await reached('watcher', paths[0]!, 'done');
  assert.ok(events.slice(before).every(({ panel }) => panel === 'watcher'));
  const state = await open('first', paths[2]!);
  assert.equal(state.tensors.find((batch) => batch.path === paths[2])!.tensors.length, 44);
  assert.equal(state.checkpoints.at(-1)!.state, 'done');
  assert.equal(state.facts[0]!.skipped.length, SERIES.layers);
});

test('two checkpoints are compared by the angles of their leading directions', async () => {
  const other = path.dirname(paths[1]!);
  await ask('first', 'spectra/start', { paths: [other] });
  await reached('first', other, 'done');
  await ask('first', 'spectra/compare', { path: other, other: paths[2]! });
  const views = (): ComparisonView[] => bodies<ComparisonView>('first', 'comparison/didChange');
  const { result, done, of } = await until(
    'the result of the comparison',
    () => views().find((view) => view.result !== null),
    () => views().at(-1),
  );
  // One matrix has no measures in the last checkpoint.
  assert.deepEqual([done, of, result!.unmatched.length], [43, 43, 1]);
  const { matrices } = result!;
  const dead = matrices.find(({ name }) => name === matrixName(PLANTED.untouched, 'mlp.up_proj'))!;
  assert.equal(dead.spectralNormRatio, 1);
  assert.ok(dead.change!.leftRotation < 1e-6);
  const collapsing = matrices.find(({ name }) => name === matrixName(PLANTED.collapsing, 'mlp.down_proj'))!;
  assert.ok(collapsing.hardRankRatio < 0.95, String(collapsing.hardRankRatio));
});

test('all that was measured can be saved', async () => {
  const save = (format: string): Promise<{ name: string; content: string }> =>
    ask('first', 'spectra/export', { path: paths[2]!, format });
  const csv = await save('csv');
  assert.equal(csv.content.trimEnd().split('\n').length, 1 + 2 * 44);
  const json = JSON.parse((await save('json')).content) as { checkpoints: { tensors: { name: string }[] }[] };
  assert.deepEqual(
    json.checkpoints.map(({ tensors }) => tensors.length),
    [44, 44],
  );
  assert.match((await save('markdown')).content, /^# Spectra of `model.safetensors`/);
});

test('a broken file says which file, where and why; the panel stays', async () => {
  const broken = path.join(folder, 'broken.safetensors');
  fs.writeFileSync(
    broken,
    withHeader('{"a": {"dtype": "F32", "shape": [4, 4], "data_offsets": [0, 64', new Uint8Array(8)),
  );
  const state = await open('broken', broken);
  assert.equal(state.checkpoints.length, 1);
  const { fault } = await reached('broken', broken, 'failed');
  assert.equal(fault!.code, 'checkpoint.invalid');
  assert.equal(fault!.file, broken);
  const gone = path.join(folder, 'gone.safetensors');
  await open('gone', gone);
  assert.equal((await reached('gone', gone, 'failed')).fault!.code, 'file.notFound');
});

test('a closed panel is forgotten with what it has found', async () => {
  const other = path.join(folder, 'other.safetensors');
  fs.copyFileSync(paths[0]!, other);
  await open('closing', other);
  await server.connection.sendNotification(protocol.PANEL_DID_HIDE, { panel: 'closing', closed: true });
  const again = await open('closing', other, 'never');
  assert.deepEqual([again.checkpoints[0]!.state, again.tensors.length], ['idle', 0]);
});

test('a large file that was only opened waits for a word; a small one does not', async () => {
  const huge = path.join(folder, 'huge.safetensors');
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [20_000, 20_000], data_offsets: [0, 1.6e9] } });
  fs.writeFileSync(huge, withHeader(header));
  fs.truncateSync(huge, 8 + header.length + 1.6e9);
  assert.equal((await open('huge', huge, 'small')).checkpoints[0]!.state, 'idle');
  assert.notEqual((await open('few', paths[0]!, 'small')).checkpoints[0]!.state, 'idle');
  fs.rmSync(huge);
});

test('a checkpoint that is brought in is told apart from those of the training', async () => {
  await open('pair', paths[0]!);
  const other = path.join(folder, 'other.safetensors');
  await ask('pair', 'spectra/add', { path: other });
  const { added } = await reached('pair', other, 'done');
  assert.equal(added, true);
  const { checkpoints } = await open('pair', paths[0]!, 'never');
  assert.deepEqual(
    checkpoints.map((each) => each.added),
    [false, false, false, true],
  );
});

test('a file that was written over is measured anew', async () => {
  const last = path.join(folder, 'ckpt.safetensors');
  const small = { ...SERIES, layers: 1 };
  fs.writeFileSync(last, checkpointAt(small, 100));
  await open('last', last);
  await reached('last', last, 'done');
  fs.writeFileSync(last, checkpointAt({ ...small, layers: 2 }, 300));
  assert.notEqual((await open('last', last)).checkpoints[0]!.state, 'done');
  const now = () => open('last', last, 'never');
  const { tensors } = await until('the new matrices', async () => {
    const state = await now();
    return state.checkpoints[0]!.state === 'done' && state;
  });
  assert.equal(tensors[0]!.tensors.length, 2 + 2 * 7);
});
