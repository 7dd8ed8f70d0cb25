// A comparison of 500 runs in the real background process: how soon rows and curves are there, whose forecasts come first,
// and how long others wait for an answer meanwhile.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { rankRuns } from '../../src/core/answers/ranking';
import type { Reply } from '../../src/protocol/channel';
import type { CompareCurve, CompareProgress, CompareRow, CompareState } from '../../src/protocol/compare';
import * as protocol from '../../src/protocol/server';
import { buildServer, startServer } from '../lib/serverProcess';

const RUNS = Number(process.argv[2] ?? 500);
const POINTS = 500;
const LOOKED = 30;
const PING_MS = 20;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));
const workspace = path.join(folder, 'workspace');

/** Half of a cosine run. */
function write(i: number): void {
  const dir = path.join(workspace, 'runs', `sweep-${i}`);
  fs.mkdirSync(dir, { recursive: true });
  const [rate, total] = [1e-4 * (1 + (i % 12)), 2 * 10 * POINTS];
  const lines = Array.from({ length: POINTS }, (_, k) => {
    const step = 10 * (k + 1);
    const lr = 0.5 * rate * (1 + Math.cos((Math.PI * step) / total));
    const loss = 2.6 + 0.0003 * i + 5 * (step + 30) ** -0.3 + 0.02 * Math.sin(step * 1.7 + i);
    return JSON.stringify({ step, loss, learning_rate: lr });
  });
  fs.writeFileSync(path.join(dir, 'metrics.jsonl'), `${lines.join('\n')}\n`);
  fs.writeFileSync(
    path.join(dir, 'config.json'),
    JSON.stringify({ max_steps: total, lr: rate, batch_size: 256 << (i % 3) }),
  );
}

const quantile = (values: number[], share: number): string =>
  values.sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!.toFixed(0);

async function main(): Promise<void> {
  for (let i = 0; i < RUNS; i++) write(i);
  await buildServer(folder);
  const server = await startServer(folder);
  const { connection } = server;
  const ask = async <T>(name: string, body: unknown): Promise<T> => {
    const reply = await connection.sendRequest<Reply>(protocol.PANEL_REQUEST, {
      panel: 'p',
      kind: 'compare',
      name,
      body,
    });
    if ('error' in reply) throw new Error(reply.error.message);
    return reply.ok as T;
  };
  const started = performance.now();
  const since = (): string => `${((performance.now() - started) / 1000).toFixed(2)} s`;
  await connection.sendRequest(protocol.RUNS_SCAN, { roots: [{ path: workspace, name: 'w' }], exclude: [] });
  console.log(`scan of ${RUNS} runs of ${POINTS} points          ${since()}`);
  const opening = performance.now();
  const state = await ask<CompareState>('view/open', { runs: null, pinned: null });
  console.log(
    `rows of ${state.rows.length} runs after the question       ${(performance.now() - opening).toFixed(0)} ms, ${(JSON.stringify(state).length / 1000).toFixed(0)} kB; ${state.progress.done} forecast by then`,
  );
  // The last runs of the list: without a word on what is looked at, they would come last.
  const looked = new Set(state.rows.slice(-LOOKED).map(({ run }) => run));
  const left = new Set(looked);
  const looking = performance.now();
  let curves = 0;
  let resolve: () => void = () => undefined;
  const all = new Promise<void>((done) => (resolve = done));
  connection.onNotification(protocol.PANEL_EVENT, ({ name, body }: protocol.PanelEvent['params']) => {
    if (name === 'curves/didChange') {
      const before = curves;
      curves += (body as CompareCurve[]).length;
      if (before < LOOKED && curves >= LOOKED)
        console.log(
          `curves of ${LOOKED} rows after they came into view ${(performance.now() - looking).toFixed(0)} ms`,
        );
    }
    if (name !== 'rows/didChange') return;
    const { rows, progress } = body as { rows: CompareRow[]; progress: CompareProgress };
    for (const { run, end } of rows) {
      if (end.finalLoss !== null && left.delete(run) && left.size === 0) {
        console.log(
          `forecasts of these rows                     ${since()}, ${progress.done} of ${progress.of} in all by then`,
        );
      }
    }
    if (progress.done === progress.of) resolve();
  });
  await ask('view/look', { runs: [...looked], pinned: null, smoothing: 0.9, window: null });
  const waits: number[] = [];
  const pinging = setInterval(async () => {
    const asked = performance.now();
    await connection.sendRequest(protocol.PLAN_SET, { run: '/none', facts: null });
    waits.push(performance.now() - asked);
  }, PING_MS);
  await all;
  clearInterval(pinging);
  console.log(`all forecasts                               ${since()}`);
  console.log(
    `others waited meanwhile                     median ${quantile(waits, 0.5)} ms, p95 ${quantile(waits, 0.95)} ms, p99 ${quantile(waits, 0.99)} ms`,
  );
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  const ends = Array.from({ length: RUNS }, (_, i) => ({
    end: { value: 3 + 0.0003 * i, relativeSd: 0.004, halfWidths: { of80: 1.28, of95: 1.96 }, held: null },
    isFinished: i % 3 === 0,
  }));
  rankRuns(ends);
  const before = process.cpuUsage();
  for (let k = 0; k < 5; k++) rankRuns(ends);
  const { user, system } = process.cpuUsage(before);
  console.log(
    `ranking on a thread                         ${((user + system) / 5000).toFixed(0)} ms of processor time`,
  );
}

void main();
