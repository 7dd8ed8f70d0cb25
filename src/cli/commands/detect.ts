import { parseArgs } from 'node:util';
import type { Skipped } from '../../core/engine/discovery';
import type { RunSource } from '../../core/engine/runSources';
import { runState } from '../../core/engine/runState';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { ConfigPlace } from '../../core/model';
import type { Plan } from '../../core/plan/plan';
import { formatStep } from '../../core/report/numbers';
import { segmentsIn } from '../../core/series/series';
import type { FileSystem } from '../../core/sources/fileSystem';
import { linesAt } from '../../core/sources/linesAt';
import { type AskedCommand, UsageError } from '../command';
import { commandEngine, readRuns } from '../engine';

const USAGE = `lossline detect PATH… [--json]

Says what the logs at PATH are: runs, their logs and formats, series, points, hyperparameters with file and line, the plan
and where each part of it came from, and what was left out.`;

export const detect: AskedCommand = {
  summary: 'says what a log is and what is in it',
  usage: USAGE,
  answer: async (argv, { pool }) => {
    const paths = parse(argv);
    const engine = commandEngine(pool);
    try {
      const found = new Set<TrackedRun>();
      for (const path of paths) for (const run of await readRuns(engine, path)) found.add(run);
      const runs = [...found].filter((run) => formatOf(run) !== null);
      const skipped = [...engine.skipped, ...[...found].filter((run) => !runs.includes(run)).map(noRun)];
      return {
        json: { runs: await Promise.all(runs.map((run) => runJson(run, engine.host.fs))), skipped },
        lines: [
          ...(runs.length === 0 ? ['No training run found.'] : runs.flatMap(runLines)),
          ...skipped.map(({ path, reason }) => `left out ${path}: ${reason}`),
        ],
      };
    } finally {
      engine.dispose();
    }
  },
};

function parse(argv: readonly string[]): string[] {
  try {
    const { positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    if (positionals.length > 0) return positionals;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
  throw new UsageError(`Name at least one file or folder.\n\n${USAGE}`);
}

async function runJson(run: TrackedRun, fs: FileSystem): Promise<Record<string, unknown>> {
  return {
    id: run.id,
    name: run.name,
    format: formatOf(run),
    files: run.files.map((file) => file.path),
    sources: run.sources.map((source) => sourceJson(run, source)),
    state: runState(run, Date.now()),
    stepUnit: run.stepUnit,
    series: run.seriesNames().map((name) => seriesJson(run, name)),
    segments: segmentsOf(run),
    config: Object.fromEntries(run.config()),
    configSources: await configSources(run, fs),
    plan: planJson(run),
    issues: run.issues().map(({ file, offset, code, message }) => ({ file, offset, code, message })),
  };
}

/** Where each hyperparameter was read: file, line from 1, byte offset of a line of a log. */
async function configSources(run: TrackedRun, fs: FileSystem): Promise<Record<string, ConfigPlace>> {
  const places = [...run.settings.started.places];
  const lines = new Map<string, Map<number, number>>();
  for (const file of new Set(places.map(([, place]) => place.file))) {
    const offsets = places.flatMap(([, place]) => (place.file === file && place.offset !== null ? [place.offset] : []));
    lines.set(file, await linesAt(fs, file, offsets));
  }
  return Object.fromEntries(
    places.map(([key, place]) => {
      const line = place.line ?? lines.get(place.file)?.get(place.offset ?? -1) ?? null;
      return [key, { file: place.file, line, offset: place.offset }];
    }),
  );
}

/** Why a file that was named is not the log of a run. */
function noRun(run: TrackedRun): Skipped {
  const issue = run.issues()[0];
  return { path: issue?.file ?? run.id, reason: issue?.message ?? 'No format recognises it.' };
}

/** One log of the run, the most exact first, and the series that are taken from it. */
function sourceJson(run: TrackedRun, source: RunSource): Record<string, unknown> {
  return {
    format: source.files[0]?.format?.id ?? null,
    guessed: source.files.some((file) => file.guessed),
    files: source.files.map((file) => file.path),
    series: run.seriesNames().filter((name) => run.giver(name) === source),
  };
}

/** Series as logged: every value counts, also those that a restart superseded. */
function seriesJson(run: TrackedRun, name: string): Record<string, unknown> {
  const parts = run.parts(name);
  const ranges = parts.flatMap((part) => part.range ?? []);
  return {
    name,
    label: parts[0]!.label,
    unit: parts[0]!.unit,
    points: parts.reduce((sum, part) => sum + part.length, 0),
    nonFinite: parts.reduce((sum, part) => sum + part.nonFinite, 0),
    first: parts.find((part) => part.length > 0)?.first() ?? null,
    last: parts.findLast((part) => part.length > 0)?.last() ?? null,
    min: ranges.length === 0 ? null : Math.min(...ranges.map(({ min }) => min)),
    max: ranges.length === 0 ? null : Math.max(...ranges.map(({ max }) => max)),
  };
}

/** Stretches of the loss between restarts in file order: first and last step, points as logged, and those no later stretch replaced. */
function segmentsOf(run: TrackedRun): Record<string, number>[] {
  const name = run.lossSeries();
  if (name === undefined) return [];
  return segmentsIn(run.parts(name)).map(({ span: { steps }, end }) => ({
    firstStep: steps[0]!,
    lastStep: steps.at(-1)!,
    points: steps.length,
    valid: end,
  }));
}

function planJson(run: TrackedRun): Record<string, unknown> {
  const { plan } = run.plan();
  const known = Object.values(plan).filter((fact) => fact !== null);
  return {
    totalSteps: plan.totalSteps?.value ?? null,
    warmupSteps: plan.warmupSteps?.value ?? null,
    family: plan.family?.value ?? null,
    peakLr: plan.peakLr?.value ?? null,
    finalLr: plan.finalLr?.value ?? null,
    source: Object.fromEntries(sources(plan)),
    confidence: known.length === 0 ? 0 : Math.min(...known.map((fact) => fact.confidence)),
    parts: Object.fromEntries(Object.entries(plan).filter(([, fact]) => fact !== null)),
  };
}

function sources(plan: Plan): [string, string][] {
  return Object.entries(plan).flatMap(([key, fact]) => (fact === null ? [] : [[key, `${fact.source}: ${fact.where}`]]));
}

function formatOf(run: TrackedRun): string | null {
  const files = run.sources.flatMap((source) => source.files);
  return [...new Set(files.flatMap((file) => file.format?.id ?? []))].join('+') || null;
}

/** A log of a run of several, and how many series are taken from it. */
function sourceLine(run: TrackedRun, source: RunSource): string {
  const given = run.seriesNames().filter((name) => run.giver(name) === source).length;
  const more = source.files.length > 1 ? ` and ${source.files.length - 1} more` : '';
  return `  log ${source.files[0]!.path}${more}: ${given} series`;
}

function runLines(run: TrackedRun): string[] {
  const guess = run.files.some((file) => file.guessed) ? ' (a guess)' : '';
  const lines = [`${run.name}: ${formatOf(run) ?? 'unknown format'}${guess}, ${runState(run, Date.now())}`];
  if (run.sources.length > 1) lines.push(...run.sources.map((source) => sourceLine(run, source)));
  for (const name of run.seriesNames()) {
    const points = run.parts(name).reduce((sum, part) => sum + part.length, 0);
    const last = run.parts(name).at(-1)!.last();
    lines.push(`  ${name.padEnd(24)} ${formatStep(points).padStart(10)} points, last ${last?.value} at ${last?.step}`);
  }
  for (const [key, where] of sources(run.plan().plan)) {
    lines.push(`  plan ${key.padEnd(19)} ${String(run.plan().plan[key as keyof Plan]?.value)} (${where})`);
  }
  return [
    ...lines,
    ...run.issues().map(({ code, message, offset }) => `  issue ${code} at ${offset ?? '-'}: ${message}`),
  ];
}
