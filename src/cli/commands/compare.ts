import * as path from 'node:path';
import type { ComparedRun, Comparison } from '../../core/engine/comparison';
import type { ForecastOptions } from '../../core/engine/runForecast';
import { compare as compareRuns } from '../../core/library';
import { formatInterval } from '../../core/report/interval';
import { formatPercent, formatStep, UNKNOWN } from '../../core/report/numbers';
import { readArguments } from '../arguments';
import { type AskedCommand, numberOption, UsageError } from '../command';
import { commandEngine } from '../engine';
import { readHistory } from '../history';

const USAGE = `lossline compare PATH… [options]

Forecasts several runs and says how they will stand: logs, or folders of runs.

  --series NAME     compare by this series (default: the loss that all have)
  --total-steps N   planned optimizer steps of every run, whatever the logs say
  --until STEP      forget everything after this step
  --history PATH…   learn from these earlier runs
  --siblings        the runs are of one model and data: forecasts learn from those that are over. Runs whose settings
                    name the same model, or whose losses are the same at first, need no such word
  --family          the runs are of one recipe: say which leave the curve that such runs share
  --json            print JSON

A run is called not worth finishing when its chance to end below the best finished run, or below the best
forecast when none is finished, is less than 5 %.`;

const SPEC = {
  values: ['series', 'total-steps', 'until'],
  lists: ['history'],
  switches: ['siblings', 'family', 'json'],
} as const;

export const compare: AskedCommand = {
  summary: 'says how several runs will stand in the end',
  usage: USAGE,
  answer: async (argv, { pool }) => {
    const { words, values, lists, switches } = readArguments(argv, SPEC, USAGE);
    if (words.length === 0) throw new UsageError(`Name the logs or folders of at least two runs.\n\n${USAGE}`);
    const engine = commandEngine(pool);
    try {
      const history =
        lists.history!.length === 0 ? [] : (await readHistory(lists.history!, { series: values.series, pool })).runs;
      const paths = words.map((file) => path.resolve(file));
      const comparison = await compareRuns(engine, paths, {
        ...optionsOf(values),
        history,
        areSiblings: switches.has('siblings'),
      });
      return { json: comparisonJson(comparison), lines: comparisonLines(comparison, switches.has('family')) };
    } finally {
      engine.dispose();
    }
  },
};

function optionsOf(values: Readonly<Record<string, string | undefined>>): ForecastOptions {
  const totalSteps = numberOption('total-steps', values['total-steps']);
  if (totalSteps !== undefined && totalSteps <= 0) throw new UsageError('--total-steps takes a positive number.');
  const until = numberOption('until', values.until);
  return {
    ...(values.series === undefined ? {} : { series: values.series }),
    ...(totalSteps === undefined ? {} : { totalSteps }),
    ...(until === undefined ? {} : { until }),
  };
}

function comparisonJson({ series, runs }: Comparison): Record<string, unknown> {
  return {
    series,
    runs: runs.map(({ standing, offFamily, ...run }) => ({
      ...run,
      familyDeviation: offFamily?.deviation ?? null,
      familyZ: offFamily?.z ?? null,
      rank: standing?.rank ?? null,
      chanceBest: standing?.chanceBest ?? null,
      chanceBeatsFinished: standing?.chanceBeatsFinished ?? null,
      worthFinishing: standing?.isWorthFinishing ?? null,
    })),
  };
}

const HEAD = ['', 'run', 'seen', 'final loss', 'best', 'beats finished', ''];

/** A run this many standard deviations of its siblings off their curve is unlike them. */
const UNLIKE = 4;

function comparisonLines({ series, runs }: Comparison, areFamily: boolean): string[] {
  const rows = [HEAD, ...runs.map((run) => comparedCells(run, areFamily))];
  const widths = HEAD.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
  return series === null ? [...table, 'These runs have no loss in common: each is shown by its own.'] : table;
}

function comparedCells(run: ComparedRun, areFamily: boolean): string[] {
  const { name, seen, finalStep, finalLoss, refused, standing } = run;
  const isOver = refused?.code === 'finished';
  const share = seen === null ? UNKNOWN : `${formatPercent(seen.fraction)} of ${formatStep(finalStep)}`;
  const remarks = [
    ...(isOver ? ['finished'] : []),
    ...(refused !== null && !isOver ? [refused.reason] : []),
    ...(standing?.isWorthFinishing === false ? ['not worth finishing'] : []),
    ...(areFamily ? familyRemark(run) : []),
  ];
  return [
    standing === null ? UNKNOWN : `${standing.rank}`,
    name,
    share,
    finalLoss === null ? UNKNOWN : formatInterval({ value: finalLoss.value, interval: finalLoss.interval80 }),
    formatPercent(standing?.chanceBest),
    formatPercent(standing?.chanceBeatsFinished),
    remarks.join('; '),
  ];
}

function familyRemark({ offFamily }: ComparedRun): string[] {
  if (offFamily === null) return ['too few siblings to compare'];
  const size = `${formatPercent(Math.abs(offFamily.deviation))} ${offFamily.deviation < 0 ? 'below' : 'above'} its siblings`;
  return [Math.abs(offFamily.z) > UNLIKE ? `unlike them: ${size}` : `like them: ${size} at most`];
}
