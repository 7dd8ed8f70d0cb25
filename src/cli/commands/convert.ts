import { once } from 'node:events';
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError } from '../../core/errors';
import { stepRows } from '../../core/series/stepTable';
import { type RunTable, type TableStyle, tableLines } from '../../core/series/tableText';
import { type RunningCommand, UsageError } from '../command';
import { commandEngine, readOneRun } from '../engine';
import { printJson } from '../output';

const USAGE = `lossline convert PATH [--to csv|jsonl] [--output FILE] [--run ID] [--series A,B] [--json]

Writes the series of a run as one table: a row per step, a column per series under its canonical name. Points that a
restart superseded are left out. Reading the table gives the same series again.

  --to csv|jsonl   how to write it; csv unless FILE ends in .jsonl. JSON lines begin with the hyperparameters
  --output FILE    where to write it; the terminal unless said
  --run ID         which run, where PATH holds several: its id or its name, as lossline detect says them
  --series A,B     which series; all unless said
  --json           JSON lines, or with --output a summary as JSON`;

/** Characters that are collected before they are written. */
const PIECE = 64 * 1024;

interface Options {
  readonly path: string;
  readonly style: TableStyle;
  readonly output: string | undefined;
  readonly run: string | undefined;
  readonly series: readonly string[] | undefined;
  readonly json: boolean;
}

export const convert: RunningCommand = {
  summary: 'writes the series of a run as CSV or JSON lines',
  usage: USAGE,
  run: async (argv) => {
    const options = parse(argv);
    const engine = commandEngine();
    try {
      const run = await readOneRun(engine, options.path, options.run);
      const table = tableOf(run, options.series);
      const rows = await write(tableLines(table, options.style), options.output);
      if (options.output !== undefined && options.json) {
        printJson({ run: run.id, output: options.output, rows, series: table.names });
      }
      return 0;
    } finally {
      engine.dispose();
    }
  },
};

function parse(argv: readonly string[]): Options {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { to: text, output: text, run: text, series: text, json: { type: 'boolean' } },
    });
    const [path, ...others] = positionals;
    const usual = values.output?.endsWith('.jsonl') || (values.json && values.output === undefined) ? 'jsonl' : 'csv';
    const style = values.to ?? usual;
    if (path === undefined || others.length > 0) throw new Error('Name one file or folder.');
    if (style !== 'csv' && style !== 'jsonl') throw new Error(`--to takes csv or jsonl, not ${style}.`);
    const series = values.series?.split(',').map((name) => name.trim());
    return { path, style, output: values.output, run: values.run, series, json: values.json === true };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** The chosen series of `run`, by their canonical name or the label of the log. */
function tableOf(run: TrackedRun, chosen: readonly string[] | undefined): RunTable {
  const known = run.seriesNames();
  const names = chosen?.map((name) => {
    const found = known.find((each) => each === name) ?? known.find((each) => run.parts(each)[0]?.label === name);
    if (found !== undefined) return found;
    throw new LosslineError('run.noSeries', `There is no series ${name}. There are: ${known.join(', ')}.`, run.id);
  });
  const series = names ?? known;
  const spans = series.map((name) => run.spans(name));
  return { unit: run.stepUnit, names: series, config: run.config(), rows: () => stepRows(spans) };
}

/** Writes `lines` to `output` or the terminal, no faster than they are taken. Returns the number of lines. */
async function write(lines: Iterable<string>, output: string | undefined): Promise<number> {
  const target = output === undefined ? process.stdout : fs.createWriteStream(output);
  if (output !== undefined) await openOf(target as fs.WriteStream, output);
  let count = 0;
  let piece = '';
  for (const line of lines) {
    count++;
    piece += line;
    if (piece.length < PIECE) continue;
    if (!target.write(piece)) await once(target, 'drain');
    piece = '';
  }
  target.write(piece);
  if (output !== undefined) {
    target.end();
    await once(target, 'close');
  }
  return count;
}

async function openOf(stream: fs.WriteStream, output: string): Promise<void> {
  await once(stream, 'open').catch((error: Error) => {
    throw new LosslineError('file.unreadable', `${output} cannot be written: ${error.message}`, output);
  });
}
