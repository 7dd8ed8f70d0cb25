// How a comparison of many live runs fills: when its rows, curves, first forecasts and all forecasts have come. The runs
// are cut and shifted copies of the recorded one; fits run on the product's own threads (`npm run build` first).
// Arguments: runs, threads.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Engine } from '../../src/core/engine/engine';
import { SpectraCache } from '../../src/core/spectra/spectraCache';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import { ThreadPool } from '../../src/node/threadPool';
import type { CompareCurve, CompareProgress, CompareState } from '../../src/protocol/compare';
import { Panels } from '../../src/server/panels/panels';
import { Analyses } from '../../src/server/spectra/analyses';

const [RUNS, THREADS] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 2)];
/** Rows of a usual window. */
const IN_VIEW = 25;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));
const recorded = fs
  .readFileSync('webview/dev/data/adamw-train.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number) as [step: number, lr: number, loss: number]);

/** A part of the recorded run, a little higher than the one before. */
function write(i: number): void {
  const dir = path.join(folder, 'runs', `sweep-${i}`);
  fs.mkdirSync(dir, { recursive: true });
  const rows = recorded.slice(0, Math.round(recorded.length * (0.3 + (0.5 * i) / RUNS)));
  const lines = rows.map(([step, lr, loss]) => JSON.stringify({ step, loss: loss + 0.0005 * i, learning_rate: lr }));
  fs.writeFileSync(path.join(dir, 'metrics.jsonl'), `${lines.join('\n')}\n`);
  fs.writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ max_steps: recorded.at(-1)![0], seed: i }));
}

async function main(): Promise<void> {
  for (let i = 0; i < RUNS; i++) write(i);
  const log = { info: () => undefined, warn: (text: string) => console.log(text) };
  const pool = new ThreadPool(path.resolve('dist/worker.js'), THREADS);
  const engine = new Engine({ fs: new NodeFileSystem(), pool, clock: new SystemClock(), log });
  const scanned = performance.now();
  await engine.scan([{ path: folder, name: 'w' }], []);
  console.log(`${engine.runs().length} runs read in ${seconds(scanned)}, ${THREADS} threads`);
  const [opened, spent] = [performance.now(), process.cpuUsage()];
  const forecast = new Set<string>();
  let messages = 0;
  const said = new Set<string>();
  const say = (what: string): void => {
    if (!said.has(what)) console.log(`${what.padEnd(32)} ${seconds(opened)}`);
    said.add(what);
  };
  await new Promise<void>((done) => {
    const files = engine.host.fs;
    const analyses = new Analyses({ fs: files, budget: 1e8, makePool: () => pool, cache: new SpectraCache(files) });
    const panels = new Panels(engine, analyses, (_panel, name, body) => {
      messages++;
      if (name === 'curves/didChange' && (body as CompareCurve[]).length > 0) say('first curves');
      if (name !== 'rows/didChange') return;
      const { rows, progress } = body as { rows: CompareState['rows']; progress: CompareProgress };
      for (const { run, end } of rows) if (end.finalLoss !== null) forecast.add(run);
      if (inView.every((run) => forecast.has(run))) say('forecasts of the rows in view');
      if (progress.done === progress.of) done();
    });
    let inView: readonly string[] = ['-'];
    const ask = (name: string, body: unknown) => panels.request({ panel: 'p', kind: 'compare', name, body });
    void ask('view/open', { runs: null, pinned: null }).then((reply) => {
      const state = (reply as { ok: CompareState }).ok;
      say('all rows');
      inView = state.rows.slice(-IN_VIEW).map(({ run }) => run);
      void ask('view/look', { runs: inView, pinned: null, smoothing: 0.9, window: null, series: null });
    });
  });
  say('all forecasts');
  const { user, system } = process.cpuUsage(spent);
  console.log(`processor time ${((user + system) / 1e6).toFixed(1)} s, ${messages} messages`);
  engine.dispose();
  pool.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
}

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(2).padStart(6)} s`;
}

void main();
