import { LosslineError } from '../../errors';
import type { ConfigValue } from '../../model';
import { asArray, asNumber, asObject, asText, type JsonObject } from './jsonAnswer';

/** One run as the server describes it. */
export interface WandbRun {
  readonly id: string;
  readonly name: string;
  /** `running`, `finished`, `failed`, `crashed`, `killed`. */
  readonly state: string;
  readonly config: readonly (readonly [key: string, value: ConfigValue])[];
  /** Last step of the history; -1 before the first. */
  readonly lastStep: number;
}

/** What is asked of one run. Source: wandb/wandb, wandb/apis/public/runs.py, fragment RunFragment. */
export const RUN_QUERY = `query Run($project: String!, $entity: String!, $name: String!) {
  project(name: $project, entityName: $entity) { run(name: $name) { name displayName state config historyKeys } }
}`;

/** The newest runs of a project. Source: wandb/wandb, wandb/apis/public/runs.py, class Runs. */
export const RUNS_QUERY = `query Runs($project: String!, $entity: String!, $perPage: Int) {
  project(name: $project, entityName: $entity) {
    runs(first: $perPage, order: "-created_at") { edges { node { name displayName state config historyKeys } } }
  }
}`;

/** All rows of the history with minStep ≤ step < maxStep. Source: wandb/wandb, wandb/apis/public/history.py, HistoryScan. */
export const HISTORY_QUERY = `query HistoryPage($entity: String!, $project: String!, $run: String!, $minStep: Int64!, $maxStep: Int64!, $pageSize: Int!) {
  project(name: $project, entityName: $entity) { run(name: $run) { history(minStep: $minStep, maxStep: $maxStep, samples: $pageSize) } }
}`;

/** The run of a `RUN_QUERY`. Throws `remote.notFound` and `remote.protocol`. */
export function parseWandbRun(answer: unknown): WandbRun {
  const run = projectOf(answer).run;
  if (run === null || run === undefined)
    throw new LosslineError('remote.notFound', 'There is no such run in the project. Check its id.');
  return runOf(run);
}

/** The runs of a `RUNS_QUERY`. Throws `remote.notFound` and `remote.protocol`. */
export function parseWandbRuns(answer: unknown): WandbRun[] {
  const runs = asObject(projectOf(answer).runs, 'the list of runs');
  return asArray(runs.edges, 'the list of runs').map((edge) => runOf(asObject(edge, 'a run').node));
}

/** Rows of a `HISTORY_QUERY`, in order of their steps, each as one line of JSON. Throws `remote.protocol`. */
export function parseWandbHistory(answer: unknown): { step: number; line: string }[] {
  const run = asObject(projectOf(answer).run, 'the history');
  const rows = asArray(run.history, 'the history').map((row) => {
    const parsed = asObject(typeof row === 'string' ? parseRow(row) : row, 'a row');
    return { step: asNumber(parsed._step) ?? Number.NaN, line: JSON.stringify(parsed) };
  });
  return rows.filter(({ step }) => Number.isFinite(step)).sort((a, b) => a.step - b.step);
}

function projectOf(answer: unknown): JsonObject {
  const body = asObject(answer, 'the question');
  const [error] = asArray(body.errors, 'the question');
  if (error !== undefined) {
    const message = asText(asObject(error, 'the question').message).slice(0, 200);
    throw new LosslineError('remote.protocol', `The W&B server says: ${message}`);
  }
  const project = asObject(body.data, 'the question').project;
  if (project === null || project === undefined) {
    throw new LosslineError(
      'remote.notFound',
      'There is no such project, or the key may not see it. Check entity and project.',
    );
  }
  return asObject(project, 'the project');
}

function runOf(value: unknown): WandbRun {
  const run = asObject(value, 'a run');
  const keys = run.historyKeys;
  const lastStep = typeof keys === 'object' && keys !== null ? asNumber((keys as JsonObject).lastStep) : undefined;
  return {
    id: asText(run.name),
    name: asText(run.displayName) || asText(run.name),
    state: asText(run.state),
    config: configOf(asText(run.config)),
    lastStep: lastStep ?? -1,
  };
}

/** Hyperparameters stand as `{"key": {"value": …}}` in a text; keys of the client itself begin with `_`. */
function configOf(text: string): (readonly [string, ConfigValue])[] {
  if (text === '') return [];
  const entries = Object.entries(asObject(parseRow(text), 'the configuration'));
  return entries.flatMap(([key, entry]) => {
    const value: unknown = typeof entry === 'object' && entry !== null && 'value' in entry ? entry.value : entry;
    if (key.startsWith('_') || (typeof value === 'object' && value !== null) || value === undefined) return [];
    return [[key, value as ConfigValue] as const];
  });
}

function parseRow(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LosslineError('remote.protocol', 'A row of the history is no JSON.');
  }
}
