import { parseArgs } from 'node:util';
import type { ForecastOptions } from '../../core/engine/runForecast';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { Forecast } from '../../core/forecast/forecast';
import { formatStep } from '../../core/report/numbers';
import { type Command, numberOption, UsageError } from '../command';
import { commandEngine, readOneRun } from '../engine';
import { printJson, printLines } from '../output';
import { readSchedule } from '../scheduleFile';

const USAGE = `lossline predict PATH [options]

Forecasts the final loss of one run: PATH is a log file or the folder of a run.

  --total-steps N      planned optimizer steps, when the log does not say
  --schedule FILE.csv  learning rate of the whole run: rows of step,lr, linear between them
  --series NAME        series to forecast (default: train_loss, else val_loss)
  --until STEP         forget everything after this step
  --law ID             use this law
  --json               print JSON`;

export const predict: Command = {
  summary: 'forecasts the final loss of a run',
  usage: USAGE,
  run: async (argv) => {
    const { file, json, options } = await parse(argv);
    const engine = commandEngine();
    try {
      const run = await readOneRun(engine, file);
      const forecast = await engine.predict(run.id, options);
      const series = options.series ?? run.lossSeries()!;
      if (json) printJson(forecastJson(run, series, forecast));
      else printLines(forecastLines(run, series, forecast));
      return 0;
    } finally {
      engine.dispose();
    }
  },
};

async function parse(argv: readonly string[]): Promise<{ file: string; json: boolean; options: ForecastOptions }> {
  const { values, positionals } = parseArguments(argv);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError(`Name one file or run folder.\n\n${USAGE}`);
  const totalSteps = numberOption('total-steps', values['total-steps']);
  if (totalSteps !== undefined && totalSteps <= 0) throw new UsageError('--total-steps takes a positive number.');
  const until = numberOption('until', values.until);
  const lr = values.schedule === undefined ? undefined : await readSchedule(values.schedule);
  const options: ForecastOptions = {
    ...(values.series === undefined ? {} : { series: values.series }),
    ...(values.law === undefined ? {} : { lawId: values.law }),
    ...(until === undefined ? {} : { until }),
    ...(totalSteps === undefined ? {} : { totalSteps }),
    ...(lr === undefined ? {} : { lr }),
  };
  return { file, json: values.json === true, options };
}

function parseArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        until: { type: 'string' },
        'total-steps': { type: 'string' },
        schedule: { type: 'string' },
        series: { type: 'string' },
        law: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function forecastJson(run: TrackedRun, series: string, forecast: Forecast): Record<string, unknown> {
  const { seen, finalStep, finalLoss, lawId, refused, report, params } = forecast;
  return {
    run: run.id,
    series,
    seen,
    finalStep,
    finalLoss,
    law: lawId,
    weights: { [lawId]: 1 },
    refused,
    report: { ...report, params },
  };
}

function forecastLines(run: TrackedRun, series: string, forecast: Forecast): string[] {
  const { finalLoss, seen, refused, finalStep, lawId } = forecast;
  const percent = Math.round(100 * seen.fraction);
  const lines = [
    `${run.name}: ${series}, ${formatStep(seen.points)} points up to step ${formatStep(seen.step)} (${percent} %)`,
  ];
  if (refused !== null)
    lines.push(refused.code === 'finished' ? refused.reason : `Not to be trusted: ${refused.reason}`);
  if (finalLoss === null) return lines;
  const range = ([low, high]: readonly [number, number]): string => `${low.toFixed(4)} … ${high.toFixed(4)}`;
  return [
    ...lines,
    `Final loss ${finalLoss.value.toFixed(4)} at step ${formatStep(finalStep)} (${lawId})`,
    `  80 %  ${range(finalLoss.interval80)}`,
    `  95 %  ${range(finalLoss.interval95)}`,
  ];
}
