// Measures what a new forecast of a live run costs as the run grows: collecting its points, its plan, the fit. Prints a
// table for docs/laws.md. Arguments: none.
import { Engine } from '../../src/core/engine/engine';
import { forecastRequest } from '../../src/core/engine/runForecast';
import { fitForecast } from '../../src/core/forecast/predict';
import { InlinePool } from '../../src/node/inlinePool';
import { truthAt } from '../core/answers/madeRun';
import { normals } from '../core/fit/random';
import { ManualClock } from '../lib/manualClock';
import { MemoryFileSystem } from '../lib/memoryFileSystem';

const quiet = { info: () => undefined, warn: () => undefined };
/** Updates of a live log that are timed. */
const UPDATES = 15;
/** Points of one update. */
const NEW = 100;

/** Lines of a run that logs every step of a plan twice as long as `points`. */
function lines(from: number, to: number, total: number): string {
  const steps = Float64Array.from({ length: to - from }, (_, i) => from + i + 1);
  const lr = { steps: Float64Array.of(0, 400, 0.8 * total, total), lrs: Float64Array.of(0, 6e-4, 6e-4, 0) };
  const noise = normals(steps.length, from + 1);
  return Array.from(truthAt(steps, lr), (loss, i) => {
    const rate = Math.min(1, steps[i]! / 400) * 6e-4;
    const value = (loss * (1 + 0.02 * noise[i]!)).toFixed(5);
    return `{"step":${steps[i]},"loss":${value},"lr":${rate.toPrecision(6)},"max_steps":${total}}\n`;
  }).join('');
}

const median = (times: number[]): string => times.sort((a, b) => a - b)[times.length >> 1]!.toFixed(1);

void main();

async function main(): Promise<void> {
  console.log('| points of the log | collecting and plan, ms | fit, ms | all, ms |');
  console.log('|---|---|---|---|');
  for (const points of [1_000, 10_000, 100_000, 1_000_000]) console.log(await row(points));
}

async function row(points: number): Promise<string> {
  const fs = new MemoryFileSystem();
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: quiet });
  fs.write('/run.jsonl', lines(0, points, 2 * points));
  const [run] = await engine.add('/run.jsonl');
  const times: [number[], number[], number[]] = [[], [], []];
  for (let k = 0; k < UPDATES; k++) {
    fs.append('/run.jsonl', lines(points + k * NEW, points + (k + 1) * NEW, 2 * points));
    await engine.settle();
    const begin = performance.now();
    const request = forecastRequest(run!);
    const collected = performance.now();
    if (request.input === null) throw new Error(request.message);
    fitForecast(request.input, request.knowledge);
    const end = performance.now();
    times[0].push(collected - begin);
    times[1].push(end - collected);
    times[2].push(end - begin);
  }
  engine.dispose();
  return `| ${points} | ${times.map(median).join(' | ')} |`;
}
