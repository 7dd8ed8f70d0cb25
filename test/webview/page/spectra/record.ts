import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Engine } from '../../../../src/core/engine/engine';
import { SpectraCache } from '../../../../src/core/spectra/spectraCache';
import { InlinePool } from '../../../../src/node/inlinePool';
import { NodeFileSystem } from '../../../../src/node/nodeFileSystem';
import { SystemClock } from '../../../../src/node/systemClock';
import type { ComparisonView, MatrixView, SpectraState } from '../../../../src/protocol/spectra';
import { SpectraSession } from '../../../../src/server/panels/spectraSession';
import { Analyses } from '../../../../src/server/spectra/analyses';
import { gaussian, withSingularValues } from '../../../core/spectra/matrices';
import { writeSeries } from '../../../lib/gptSeries';
import { f32, safetensors } from '../../../lib/safetensors';
import { until } from '../../../lib/until';
import type { Recording } from './recording';

// Analyses a made training with the product's own session and writes what the page is shown as JSON to the path of its argument.
const STEPS = [500, 1000, 2000, 3000, 4000];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-page-'));
try {
  const text = JSON.stringify(await record());
  fs.writeFileSync(process.argv[2]!, text.replaceAll(folder, 'runs'));
} finally {
  fs.rmSync(folder, { recursive: true });
}

async function record(): Promise<Recording> {
  const run = path.join(folder, 'gpt-small');
  const paths = writeSeries(run, { layers: 8, width: 128, vocabulary: 320, steps: STEPS });
  fs.writeFileSync(path.join(run, 'metrics.jsonl'), log());
  fs.writeFileSync(path.join(run, 'config.json'), JSON.stringify({ learning_rate: 6e-4, weight_decay: 0.1 }));
  const wide = path.join(folder, 'wide.safetensors');
  fs.writeFileSync(wide, estimated());
  return { series: await analysed(run, paths.at(-1)!), single: await analysed(folder, wide) };
}

/** Everything that the session says of the checkpoint at `file` and those beside it. */
async function analysed(root: string, file: string): Promise<Recording['series']> {
  const files = new NodeFileSystem();
  const pool = new InlinePool();
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: files, pool, clock: new SystemClock(), log, onlyWhenAsked: true });
  await engine.scan([{ path: root, name: 'work' }], []);
  const comparisons: ComparisonView[] = [];
  const session = new SpectraSession(
    engine,
    (name, body) => void (name === 'comparison/didChange' && comparisons.push(body as ComparisonView)),
    new Analyses({ fs: files, budget: 1e9, makePool: () => pool, cache: new SpectraCache(files) }),
  );
  const open = (): Promise<SpectraState> =>
    session.request('view/open', { path: file, analyse: 'always' }) as Promise<SpectraState>;
  await session.request('spectra/start', { paths: (await open()).checkpoints.map((each) => each.path) });
  const state = await until('the analysis of all checkpoints', async () => {
    const now = await open();
    return now.checkpoints.every((each) => each.state === 'done') && now;
  });
  const matrices: Record<string, MatrixView> = {};
  for (const batch of state.tensors) {
    for (const { name, measures } of batch.tensors) {
      if (measures === null) continue;
      const view = await session.request('spectra/matrix', { path: batch.path, name });
      matrices[`${batch.path} ${name}`] = view as MatrixView;
    }
  }
  const first = state.checkpoints[0]!.path;
  if (first !== file) await session.request('spectra/compare', { path: first, other: file });
  if (first !== file) await until('the comparison', () => comparisons.some(({ result }) => result !== null));
  session.close();
  engine.dispose();
  return { state, matrices, comparison: comparisons.at(-1) ?? null };
}

/** A cosine schedule whose rate is logged. */
function log(): string {
  const last = STEPS.at(-1)!;
  let text = '';
  for (let step = 0; step <= last; step += 20) {
    const lr = 6e-5 + 2.7e-4 * (1 + Math.cos((Math.PI * step) / last));
    text += `${JSON.stringify({ step, loss: 3 + 4 * (step + 30) ** -0.3, lr })}\n`;
  }
  return text;
}

/** Two matrices that are too large for all of their values: everything of them is estimated. */
function estimated(): Uint8Array {
  const [rows, columns] = [1100, 1300];
  const learnt = Array.from({ length: rows }, (_, i) => (i < 12 ? 60 / Math.sqrt(i + 1) : 1 + (rows - i) / rows));
  const values = [withSingularValues(learnt, rows, columns, 3), gaussian(rows, columns, 4, 0.02)];
  return safetensors(
    ['mlp.up_proj', 'mlp.down_proj'].map((part, i) => ({
      name: `model.layers.0.${part}.weight`,
      dtype: 'F32',
      shape: [rows, columns],
      bytes: f32(values[i]!),
    })),
  );
}
