import { parseArgs } from 'node:util';
import { findingsOf } from '../../core/engine/runFindings';
import { RunWarnings } from '../../core/engine/runWarnings';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { LosslineError } from '../../core/errors';
import { warningLines } from '../../core/report/warningLines';
import { type ExplainedWarning, explain } from '../../core/warnings/explain';
import { DETECTORS, detectorById } from '../../core/warnings/registry';
import { unmuted, type Warning, worstOf } from '../../core/warnings/warning';
import { type AskedCommand, numberOption, UsageError } from '../command';
import { commandEngine, readRuns } from '../engine';

const USAGE = `lossline check PATH… [options]

Says what is wrong with the runs at PATH, or about to be. Exit code 1 when a warning is an error, else 0.

  --only ID       only warnings of this kind; may be given several times
  --mute KEY      leave these out: a kind, or one warning as KIND@STEP; may be given several times
  --until STEP    forget everything after this step; the run is not held against its forecasts then
  --live          the runs should be running now: say when one stands still
  --json          print JSON

Kinds: ${DETECTORS.map(({ id }) => id).join(', ')}.`;

interface Options {
  readonly paths: readonly string[];
  readonly only: ReadonlySet<string>;
  readonly muted: ReadonlySet<string>;
  readonly until: number | undefined;
  readonly live: boolean;
}

interface Found extends ExplainedWarning {
  readonly run: string;
}

export const check: AskedCommand = {
  summary: 'says what is wrong with a run',
  usage: USAGE,
  answer: async (argv, { pool }) => {
    const options = parse(argv);
    const engine = commandEngine(pool);
    try {
      const runs: TrackedRun[] = [];
      for (const path of options.paths) runs.push(...(await readRuns(engine, path)));
      if (runs.every(({ points }) => points === 0)) {
        throw new LosslineError('file.unknownFormat', 'No training run was found.', options.paths[0]);
      }
      if (options.until === undefined) for (const run of runs) await engine.watchLaw(run);
      const found = runs.flatMap((run) => warningsOf(run, runs, options));
      return {
        json: { runs: runs.map(runJson), warnings: found.map(warningJson) },
        lines: runs.flatMap((run) => runLines(run, found)),
        exitCode: worstOf(found) === 'error' ? 1 : 0,
      };
    } finally {
      engine.dispose();
    }
  },
};

function parse(argv: readonly string[]): Options {
  const { values, positionals } = parseArguments(argv);
  if (positionals.length === 0) throw new UsageError(`Name at least one file or folder.\n\n${USAGE}`);
  const only = new Set(values.only);
  const muted = new Set(values.mute);
  for (const key of [...only, ...muted]) {
    const id = key.split('@')[0]!;
    if (detectorById(id) === undefined) throw new UsageError(`There is no warning of the kind ${id}.\n\n${USAGE}`);
  }
  return {
    paths: positionals,
    only,
    muted,
    until: numberOption('until', values.until),
    live: values.live === true,
  };
}

function parseArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        mute: { type: 'string', multiple: true },
        until: { type: 'string' },
        live: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function warningsOf(run: TrackedRun, runs: readonly TrackedRun[], options: Options): Found[] {
  const wanted = findings(run, runs, options).filter(({ id }) => options.only.size === 0 || options.only.has(id));
  return unmuted(wanted, options.muted).map((warning) => ({ run: run.id, ...explain(warning) }));
}

/** An old log is silent by nature: its silence counts only for runs that are said to be live. */
function findings(run: TrackedRun, runs: readonly TrackedRun[], { until, live }: Options): readonly Warning[] {
  if (until === undefined) return findingsOf(run, live ? Date.now() : run.changedAt, runs);
  const seen = new RunWarnings();
  seen.update(run, until);
  return seen.warnings;
}

function runJson(run: TrackedRun): Record<string, unknown> {
  return { id: run.id, name: run.name, lastStep: run.lastStep(), points: run.points };
}

function warningJson(warning: Found): Record<string, unknown> {
  const { id, severity, step, evidence, source, ...rest } = warning;
  return { id, severity, step, evidence, source, ...rest };
}

function runLines(run: TrackedRun, found: readonly Found[]): string[] {
  return warningLines(
    run,
    found.filter((warning) => warning.run === run.id),
  );
}
