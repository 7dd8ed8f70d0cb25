import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine } from '../../core/engine/engine';
import { runState } from '../../core/engine/runState';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError } from '../../core/errors';
import { formatLoss, formatStep } from '../../core/report/numbers';
import { formatLocation, parseLocation } from '../../core/sources/location';
import { numberOption, type RunningCommand, UsageError } from '../command';
import { watchEngine } from '../engine';
import { printJson, printLines } from '../output';

const USAGE = `lossline watch SOURCE [--once] [--timeout SECONDS] [--json]

Follows a training and says how it will end, until it is finished. SOURCE is one of
  PATH                                a log file or a folder of runs
  ssh://[user@]host[:port]/path       a file or folder on another machine, also host:path
  https://host/train.log              a file of a web server
  "cmd:kubectl logs -f my-pod"        the output of a command; cmd+always: and cmd+never: say when it is started again
  slurm:12345, slurm:12345@login      the output of a Slurm job
  tensorboard+http://host:6006        the runs of a TensorBoard server
  mlflow+http://host:5000             the runs of an MLflow server; its token is read from MLFLOW_TRACKING_TOKEN
  wandb:entity/project/run            a run on a W&B server; its key is read from WANDB_API_KEY
A token for a web or TensorBoard server is read from LOSSLINE_TOKEN.

  --once             say how things stand and end
  --timeout SECONDS  end after that time
  --json             one JSON line per update

Exit codes: 0 finished, 1 the source could not be followed or a run diverged, 2 called wrongly, 130 ended with Ctrl+C.`;

/** Least milliseconds between two updates of one run. */
const UPDATE_PAUSE = 1000;
/** Milliseconds between two looks at whether all is over. */
const TICK = 250;
/** Milliseconds that open connections may take to close at the end. */
const LINGER = 500;

interface Options {
  readonly source: string;
  readonly json: boolean;
  readonly once: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export const watch: RunningCommand = {
  summary: 'follows a training, here or on another machine',
  usage: USAGE,
  run: async (argv) => {
    const options = parse(argv);
    const engine = watchEngine();
    const stopped = interruption();
    try {
      const runs = await Promise.race([engine.add(options.source, '', secretFor(options.source)), stopped]);
      if (runs === 'stopped') return 130;
      if (runs.length === 0)
        throw new LosslineError('file.unknownFormat', `No training run was found in ${options.source}.`);
      return await Promise.race([follow(engine, options), stopped.then(() => 130)]);
    } finally {
      engine.dispose();
      // Connections that a server keeps open must not keep the command.
      setTimeout(() => process.exit(), LINGER).unref();
    }
  },
};

/** Tells of runs as they change until all are over; returns the exit code. */
async function follow(engine: Engine, options: Options): Promise<number> {
  const reporter = new Reporter(options.json);
  const started = Date.now();
  // Whoever reads the output may have seen enough.
  process.stdout.once('error', () => process.exit(0));
  if (options.once) {
    for (const run of engine.runs()) for (const file of run.files) if (file.readAhead()) run.touch(true);
    await engine.fitted();
  }
  for (;;) {
    for (const run of engine.runs()) reporter.tell(run);
    const states = engine.runs().map((run) => runState(run, Date.now()));
    const isOver = states.every((state) => state === 'finished' || state === 'diverged');
    if (isOver) await engine.fitted();
    if (options.once || isOver || Date.now() - started > options.timeout * 1000) {
      for (const run of engine.runs()) reporter.tell(run, true);
      return states.includes('diverged') ? 1 : 0;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
}

/** Prints what is new of each run, at most once a second. */
class Reporter {
  readonly #told = new Map<string, { text: string; at: number }>();

  constructor(readonly json: boolean) {}

  /** `last`: whatever has changed is printed now. */
  tell(run: TrackedRun, last = false): void {
    const known = this.#told.get(run.id);
    if (!last && known !== undefined && Date.now() - known.at < UPDATE_PAUSE) return;
    const update = updateOf(run);
    const text = JSON.stringify(update);
    if (text === known?.text) return;
    this.#told.set(run.id, { text, at: Date.now() });
    if (this.json) printJson(update);
    else printLines([line(run, update)]);
  }
}

interface Update extends Record<string, unknown> {
  readonly state: string;
  readonly step: number | null;
  readonly totalSteps: number | null;
  readonly loss: number | null;
  readonly forecast: { readonly value: number; readonly interval80: readonly [number, number] } | null;
  readonly fault: string | null;
}

function updateOf(run: TrackedRun): Update {
  const name = run.forecastSeries();
  const loss = name === undefined ? undefined : run.spans(name).at(-1)?.values.findLast(Number.isFinite);
  const { forecast } = run.forecast;
  return {
    run: run.id,
    name: run.name,
    state: runState(run, Date.now()),
    step: run.lastStep(),
    totalSteps: run.plan().plan.totalSteps?.value ?? null,
    points: run.points,
    loss: loss ?? null,
    forecast: forecast?.finalLoss ?? null,
    refused: forecast?.refused ?? null,
    fault: run.files.find((file) => file.fault !== undefined)?.fault?.message ?? null,
    issues: run.issues().length,
  };
}

function line(run: TrackedRun, { state, step, totalSteps, loss, forecast, fault }: Update): string {
  const parts = [`${run.name}: ${state}`];
  if (step !== null)
    parts.push(`step ${formatStep(step)}${totalSteps === null ? '' : ` of ${formatStep(totalSteps)}`}`);
  if (loss !== null) parts.push(`loss ${formatLoss(loss)}`);
  if (forecast !== null) {
    const [low, high] = forecast.interval80;
    parts.push(`final ${formatLoss(forecast.value)} (80 %: ${formatLoss(low)} … ${formatLoss(high)})`);
  }
  if (fault !== null) parts.push(fault);
  return parts.join(', ');
}

function parse(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, once: { type: 'boolean' }, timeout: { type: 'string' } },
    });
    const [source, ...more] = positionals;
    if (source === undefined || more.length > 0) throw new UsageError('Name one source.');
    const timeout = numberOption('timeout', values.timeout) ?? Number.POSITIVE_INFINITY;
    return { source: canonical(source), json: values.json === true, once: values.once === true, timeout };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** A file that is there is a file, whatever its name looks like. */
function canonical(source: string): string {
  if (fs.existsSync(source)) return path.resolve(source);
  const location = parseLocation(source);
  return location.kind === 'file' ? path.resolve(location.path) : formatLocation(location);
}

/** The key that the environment holds for this kind of server. */
function secretFor(source: string): string | undefined {
  switch (parseLocation(source).kind) {
    case 'wandb':
      return process.env.WANDB_API_KEY;
    case 'mlflow':
      return process.env.MLFLOW_TRACKING_TOKEN;
    case 'http':
    case 'tensorboard':
      return process.env.LOSSLINE_TOKEN;
    default:
      return undefined;
  }
}

/** Resolves with the first Ctrl+C, or when the process is asked to end; the second Ctrl+C ends it at once. */
function interruption(): Promise<'stopped'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('stopped'));
    process.once('SIGTERM', () => resolve('stopped'));
  });
}
