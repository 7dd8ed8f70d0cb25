import * as fs from 'node:fs/promises';
import type { JobPool } from '../../core/engine/jobs';
import { type PredictOptions, predictRun } from '../../core/engine/prediction';
import { explainedFindings } from '../../core/engine/runFindings';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError, messageOf } from '../../core/errors';
import { LAWS, lawById } from '../../core/laws/registry';
import { predictionJson } from '../../core/report/predictionJson';
import { predictionLines } from '../../core/report/predictionLines';
import { reportFormatOf, writtenReport } from '../../core/report/written';
import { type Arguments, readArguments } from '../arguments';
import { type AskedCommand, numberOption, UsageError } from '../command';
import { commandEngine, readOneRun, readRuns } from '../engine';
import { readHistory } from '../history';
import { readPriorFile } from '../priorFile';
import { readSchedule } from '../scheduleFile';

const USAGE = `lossline predict PATH [options]

Forecasts the final loss of one run: PATH is a log file or the folder of a run.

  --total-steps N      planned optimizer steps, when the log does not say
  --schedule FILE.csv  learning rate of the whole run: rows of step,lr, linear between them
  --series NAME        series to forecast (default: train_loss, else val_loss)
  --until STEP         forget everything after this step
  --with PATH…         these runs are of the same model and data: learn from those that are over
  --branch-of PATH     the run was started from a checkpoint of this one: what that logged before belongs to it
  --history PATH…      learn from these earlier runs: logs, or folders of runs
  --prior WHAT         what is known beyond the run: shipped (public runs, the default), none, or a file
  --law ID             use this law: ${LAWS.map(({ id }) => id).join(', ')}
  --at STEP            also the loss at this step
  --target LOSS        also the step at which this loss is reached, and the chance to end below it
  --compare PATH       also the chance to end below this other run
  --report FILE        write the report of the fit: FILE.md, FILE.html to be read and printed, or FILE.json
  --json               print JSON`;

const SPEC = {
  values: [
    'total-steps',
    'schedule',
    'series',
    'until',
    'prior',
    'law',
    'at',
    'target',
    'compare',
    'report',
    'branch-of',
  ],
  lists: ['history', 'with'],
  switches: ['json'],
} as const;

export const predict: AskedCommand = {
  summary: 'forecasts the final loss of a run',
  usage: USAGE,
  answer: async (argv, { pool }) => {
    const call = parse(readArguments(argv, SPEC, USAGE));
    const engine = commandEngine(pool);
    try {
      const run = await readOneRun(engine, call.file);
      const other = call.compare === undefined ? undefined : (await readOneRun(engine, call.compare)).id;
      const siblings: string[] = [];
      for (const file of call.siblings) for (const { id } of await readRuns(engine, file)) siblings.push(id);
      const branchOf = call.branchOf === undefined ? undefined : (await readOneRun(engine, call.branchOf)).id;
      const prediction = await predictRun(engine, run.id, {
        ...(await forecastOptions(run, call, pool)),
        ...(other === undefined ? {} : { compare: other }),
        ...(branchOf === undefined ? {} : { branchOf }),
        with: siblings,
      });
      if (call.report !== undefined)
        await writeReport(
          call.report,
          writtenReport(prediction, reportFormatOf(call.report), await explainedFindings(engine, run)),
        );
      return { json: predictionJson(prediction), lines: predictionLines(prediction) };
    } finally {
      engine.dispose();
    }
  },
};

interface Asked {
  readonly file: string;
  readonly series: string | undefined;
  readonly until: number | undefined;
  readonly totalSteps: number | undefined;
  readonly schedule: string | undefined;
  readonly law: string | undefined;
  readonly prior: string;
  readonly history: readonly string[];
  readonly siblings: readonly string[];
  readonly branchOf: string | undefined;
  readonly at: number | undefined;
  readonly target: number | undefined;
  readonly compare: string | undefined;
  readonly report: string | undefined;
}

function parse({ words, values, lists }: Arguments): Asked {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) throw new UsageError(`Name one file or run folder.\n\n${USAGE}`);
  if (values.law !== undefined && lawById(values.law) === undefined) {
    throw new UsageError(`--law: no law is called ${values.law}. There are ${LAWS.map(({ id }) => id).join(', ')}.`);
  }
  const positive = (name: string): number | undefined => {
    const value = numberOption(name, values[name]);
    if (value !== undefined && value <= 0) throw new UsageError(`--${name} takes a positive number.`);
    return value;
  };
  return {
    file,
    series: values.series,
    until: numberOption('until', values.until),
    totalSteps: positive('total-steps'),
    schedule: values.schedule,
    law: values.law,
    prior: values.prior ?? 'shipped',
    history: lists.history ?? [],
    siblings: lists.with ?? [],
    branchOf: values['branch-of'],
    at: positive('at'),
    target: positive('target'),
    compare: values.compare,
    report: values.report,
  };
}

async function forecastOptions(run: TrackedRun, call: Asked, pool: JobPool): Promise<PredictOptions> {
  const { series, until, totalSteps, law, prior } = call;
  if (series !== undefined && run.parts(series).length === 0) {
    throw new LosslineError(
      'run.noSeries',
      `There is no series ${series}: ${run.seriesNames().join(', ')}.`,
      call.file,
    );
  }
  const lr = call.schedule === undefined ? undefined : await readSchedule(call.schedule);
  const told =
    prior === 'shipped' || prior === 'none' ? { prior: prior as 'shipped' | 'none' } : await readPriorFile(prior);
  const named =
    call.history.length === 0
      ? []
      : (await readHistory(call.history, { about: run.id, series: series ?? run.forecastSeries(), pool })).runs;
  const kept = 'history' in told ? told.history.filter(({ id }) => id !== run.id) : [];
  return {
    ...(series === undefined ? {} : { series }),
    ...(law === undefined ? {} : { lawId: law }),
    ...(until === undefined ? {} : { until }),
    ...(totalSteps === undefined ? {} : { totalSteps }),
    ...(lr === undefined ? {} : { lr }),
    ...('prior' in told ? { prior: told.prior } : {}),
    ...(call.at === undefined ? {} : { at: call.at }),
    ...(call.target === undefined ? {} : { target: call.target }),
    history: [...named, ...kept].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await fs.writeFile(file, text);
  } catch (error) {
    throw new LosslineError('file.unreadable', `The report cannot be written: ${messageOf(error)}`, file);
  }
}
