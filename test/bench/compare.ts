// What a comparison of many runs costs the background process, in processor time: rows, curves, hyperparameters, ranks.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { rankRuns } from '../../src/core/answers/ranking';
import { Engine } from '../../src/core/engine/engine';
import type { JobPool } from '../../src/core/engine/jobs';
import type { TrackedRun } from '../../src/core/engine/trackedRun';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import { configsOf } from '../../src/server/panels/compare/configs';
import { compareCurve } from '../../src/server/panels/compare/curve';
import { rowOf, warningsOf } from '../../src/server/panels/compare/row';

const RUNS = Number(process.argv[2] ?? 500);
const POINTS = Number(process.argv[3] ?? 500);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));

/** Half of a cosine run. */
function write(i: number): void {
  const dir = path.join(folder, 'runs', `sweep-${i}`);
  fs.mkdirSync(dir, { recursive: true });
  const [rate, total] = [1e-4 * (1 + (i % 12)), 20 * POINTS];
  const lines = Array.from({ length: POINTS }, (_, k) => {
    const step = 10 * (k + 1);
    const lr = 0.5 * rate * (1 + Math.cos((Math.PI * step) / total));
    const loss = 2.6 + 0.0003 * i + 5 * (step + 30) ** -0.3 + 0.02 * Math.sin(step * 1.7 + i);
    return JSON.stringify({ step, loss, learning_rate: lr });
  });
  fs.writeFileSync(path.join(dir, 'metrics.jsonl'), `${lines.join('\n')}\n`);
  fs.writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ max_steps: total, lr: rate, seed: i }));
}

function spent(what: string, work: () => void): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  console.log(`${what.padEnd(44)} ${((user + system) / 1000).toFixed(0).padStart(6)} ms`);
}

/** Fits are made on threads: here they are never done, so that only the event loop's work is counted. */
const IDLE: JobPool = { isElsewhere: true, run: () => new Promise(() => undefined), dispose: () => undefined };

async function main(): Promise<void> {
  for (let i = 0; i < RUNS; i++) write(i);
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: new NodeFileSystem(), pool: IDLE, clock: new SystemClock(), log });
  await engine.scan([{ path: folder, name: 'w' }], []);
  const viewOf = (run: TrackedRun) => ({ series: run.forecastSeries(), forecast: run.forecast });
  const [runs, now] = [engine.runs(), Date.now()];
  console.log(`${runs.length} runs of ${POINTS} points, for all of them together\n`);
  spent('warnings, which the Runs view wants too', () => runs.map((run) => run.warnings()));
  spent('rows', () => runs.map((run) => rowOf(run, now, viewOf(run))));
  spent('warnings of rows, siblings compared', () => runs.map((run) => warningsOf(run, now, runs)));
  spent('curves', () => runs.map((run) => compareCurve(run, viewOf(run), { smoothing: 0.9, window: null }, now)));
  spent('hyperparameters', () => configsOf(runs));
  const ends = runs.map((_, i) => ({
    end: { value: 3 + 0.0003 * i, relativeSd: 0.004, halfWidths: { of80: 1.28, of95: 1.96 }, held: null },
    isFinished: i % 3 === 0,
  }));
  rankRuns(ends);
  spent('ranks and chances, on a thread', () => rankRuns(ends));
  engine.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
}

void main();
