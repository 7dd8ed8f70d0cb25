// Hovers in a long script over the protocol of the real background process, while it is idle and while it fits.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { HintDocument } from '../../src/core/hints/hintDocument';
import type { RunSummary } from '../../src/protocol/run';
import * as protocol from '../../src/protocol/server';
import { longScript } from '../lib/longScript';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';

const LINES = 5000;
const HOVERS = 200;
const ROUNDS = 5;
/** Runs that grow while the editor asks, and records that each has at first. */
const RUNS = 6;
const BEFORE = 1500;

void main();

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-hover-'));
  const logs = writeRuns(path.join(folder, 'workspace'));
  await buildServer(folder);
  const server = await startServer(folder);
  try {
    const hover = await openScript(server, path.join(folder, 'workspace'));
    console.log(`${LINES} lines, ${HOVERS} hovers, the best of ${ROUNDS} rounds, milliseconds by the clock`);
    console.log(`${''.padEnd(34)} ${['median', 'p95', 'most'].map((head) => head.padStart(8)).join(' ')}`);
    await settled(server);
    row('no fit at work', await quietest(hover));
    const fits = await fitAllTheTime(server, logs);
    row('fits at work', await quietest(hover));
    console.log(`${await fits.stop()} forecasts were made meanwhile`);
  } finally {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function writeRuns(workspace: string): { file: string; rest: string[] }[] {
  const recorded = fs.readFileSync('media/sample/runs/gpt-124m/metrics.jsonl', 'utf8').split(/(?<=\n)/);
  return Array.from({ length: RUNS }, (_, index) => {
    const file = path.join(workspace, 'runs', `run-${index}`, 'metrics.jsonl');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, recorded.slice(0, BEFORE + 50 * index).join(''));
    return { file, rest: recorded.slice(BEFORE + 50 * index) };
  });
}

/** Opens the script and gives what asks for the hover of one of its hyperparameters after the other. */
async function openScript({ connection }: ServerProcess, workspace: string): Promise<() => Promise<unknown>> {
  const text = longScript(LINES);
  const uri = pathToFileURL(path.join(workspace, 'train.py')).href;
  await connection.sendRequest(protocol.RUNS_SCAN, { roots: [{ path: workspace, name: 'w' }], exclude: [] });
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'python', version: 1, text },
  });
  const document = new HintDocument('python', text);
  const places = document.hyperparameters.map(({ setting }) => document.position(setting.span.from));
  let turn = 0;
  return () =>
    connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: places[turn++ % places.length],
    });
}

async function settled({ connection }: ServerProcess): Promise<void> {
  const runs = await connection.sendRequest<RunSummary[]>(protocol.RUNS_LIST, null);
  for (const { id } of runs) await connection.sendRequest(protocol.FORECAST_PREDICT, { run: id });
}

/** Lets the runs grow, and asks for forecasts without pause, so that the threads are never idle. */
async function fitAllTheTime({ connection }: ServerProcess, logs: readonly { file: string; rest: string[] }[]) {
  const runs = await connection.sendRequest<RunSummary[]>(protocol.RUNS_LIST, null);
  let made = 0;
  let goesOn = true;
  const one = async ({ file, rest }: { file: string; rest: string[] }): Promise<void> => {
    const run = runs.find(({ files }) => files.includes(file))!.id;
    while (goesOn) {
      fs.appendFileSync(file, rest.splice(0, 20).join(''));
      await connection.sendRequest(protocol.FORECAST_PREDICT, { run }).then(
        () => made++,
        () => undefined,
      );
    }
  };
  const all = Promise.all(logs.map(one));
  return {
    stop: async (): Promise<number> => {
      goesOn = false;
      await all;
      return made;
    },
  };
}

/** The times of the round that the rest of the machine disturbed least. */
async function quietest(hover: () => Promise<unknown>): Promise<number[]> {
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await timesOf(hover));
  return rounds.sort((a, b) => percentile(a, 0.95) - percentile(b, 0.95))[0]!;
}

/** Milliseconds of each hover, sorted. */
async function timesOf(hover: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < HOVERS; i++) {
    const start = performance.now();
    await hover();
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return times.sort((a, b) => a - b);
}

function row(name: string, sorted: readonly number[]): void {
  const cells = [0.5, 0.95, 1].map((share) => percentile(sorted, share).toFixed(1).padStart(8));
  console.log(`${name.padEnd(34)} ${cells.join(' ')}`);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}
