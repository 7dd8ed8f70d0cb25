// Measures forecasts and what follows from them on one thread: every law fitted cold, the report with its back-test, and the answers to a
// run of a million points. Processor time, the first call and the median. Arguments: none.
import { bestSchedule } from '../../src/core/answers/bestSchedule';
import { decayStart } from '../../src/core/answers/decayStart';
import { probe } from '../../src/core/answers/probe';
import { answerWhatIf } from '../../src/core/answers/question';
import { stepOfLoss } from '../../src/core/answers/stepOfLoss';
import { stopNow } from '../../src/core/answers/stopNow';
import { reduceSeries } from '../../src/core/fit/binAccumulator';
import { backTestLaws } from '../../src/core/forecast/backTest';
import type { ForecastInput } from '../../src/core/forecast/forecast';
import { fitForecast } from '../../src/core/forecast/predict';
import { LAWS } from '../../src/core/laws/registry';
import { runReport } from '../../src/core/report/runReport';
import { truthAt } from '../core/answers/madeRun';
import { normals } from '../core/fit/random';

const ROUNDS = 15;

/** A run that obeys the law, half of its plan, `points` logged. */
function longRun(points: number): ForecastInput {
  const total = 2 * points;
  const steps = Float64Array.from({ length: points }, (_, i) => i + 1);
  const lr = { steps: Float64Array.of(0, 400, 0.8 * total, total), lrs: Float64Array.of(0, 6e-4, 6e-4, 0) };
  const noise = normals(points, 1);
  return {
    steps,
    losses: truthAt(steps, lr).map((loss, i) => loss * (1 + 0.02 * noise[i]!)),
    lr,
    finalStep: total,
    seed: 1,
  };
}

function row(name: string, work: () => unknown): void {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const first = times[0]!;
  const middle = times.sort((a, b) => a - b)[ROUNDS >> 1]!;
  console.log(`| ${name} | ${first.toFixed(1)} | ${middle.toFixed(1)} |`);
}

const small = longRun(2000);
console.log('| what | first, ms | median, ms |\n|---|---|---|');
row('forecast of 2000 points', () => fitForecast(small));
row('the same with the back-test of six laws', () => [fitForecast(small), backTestLaws(small)]);
for (const { id, rises } of LAWS) if (!rises) row(`- ${id}`, () => fitForecast({ ...small, lawId: id }));
const made = fitForecast(small);
row('report of it: back-test, sensitivity, 12 fits', () => runReport(made, small));

const long = longRun(1_000_000);
const reduced = reduceSeries(long.steps, long.losses);
row('forecast of a million points, reduced while they arrived', () => fitForecast(long, { reduced }));
const { fitted } = fitForecast(long, { reduced });
const schedule = { totalSteps: 2e6, rate: 6e-4, decayStart: 1.2e6, shape: 'linear', lowest: 0 } as const;
row('what-if of that run', () => answerWhatIf(fitted!, { kind: 'schedule', ...schedule }));
row('stopping now', () => stopNow(fitted!));
row('step of a loss', () => stepOfLoss(fitted!, 2.9));
row('best start of a decay', () => decayStart(fitted!));
row('best schedule', () => bestSchedule(fitted!));
row('probe', () => probe(fitted!));
