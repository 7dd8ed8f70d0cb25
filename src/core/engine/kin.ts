import type { ConfigValue, SeriesName } from '../model';
import { modelNameOf } from '../prior/kinship';
import { lowerBound } from '../series/column';
import { type Span, spansUntil } from '../series/series';
import type { PlanSubject } from './runPlan';
import type { TrackedRun } from './trackedRun';

/** First steps that two logs must share, with the same values, to be of one trunk: fewer agree by chance. */
const LEAST_SHARED = 4;

/** Consoles round: values this close, relative to their size, are the same. */
const ROUNDING = 1e-4;

/**
 * Last of the steps that both logs have up to which they say the same: where a branch leaves its trunk, or where two runs of one
 * seed part. `null` when they differ from the beginning or share fewer than 4 steps. O(points · log points).
 */
export function trunkEnd(run: readonly Span[], other: readonly Span[]): number | null {
  let [shared, last] = [0, 0];
  for (const { steps, values } of run) {
    for (let i = 0; i < steps.length; i++) {
      const there = valueAt(other, steps[i]!);
      if (there === undefined) continue;
      if (!(Math.abs(there - values[i]!) <= ROUNDING * Math.abs(there))) return shared >= LEAST_SHARED ? last : null;
      shared++;
      last = steps[i]!;
    }
  }
  return shared >= LEAST_SHARED ? last : null;
}

function valueAt(spans: readonly Span[], step: number): number | undefined {
  for (const { steps, values } of spans) {
    const row = lowerBound(steps, step);
    if (steps[row] === step) return values[row];
  }
  return undefined;
}

/**
 * Whether two runs are of one model on the same data: their settings name the same, or they have a trunk in common. What the user
 * says goes before.
 */
export function areSiblings(run: TrackedRun, other: TrackedRun, series: SeriesName): boolean {
  if (run === other || run.stepUnit !== other.stepUnit || other.parts(series).length === 0) return false;
  const model = modelNameOf(run.config(), series);
  if (model !== undefined && model === modelNameOf(other.config(), series)) return true;
  return trunkEnd(run.spans(series), other.spans(series)) !== null;
}

/**
 * Whether `other` can tell how `run` will end: it has come to its own end, up to step `until` where that is given, and is more than a
 * copy of the trunk. Runs under way tell nothing that the run does not know: what the law misses, both miss alike
 * (docs/answers.md). A run without a plan counts as it stands.
 */
export function teaches(
  other: TrackedRun,
  run: TrackedRun,
  of: { series: SeriesName; until?: number | undefined },
): boolean {
  if (run === other) return false;
  const { until = Number.POSITIVE_INFINITY, series } = of;
  const spans = spansUntil(other.spans(series), until);
  const [previous = 0, last = 0] = spans.at(-1)?.steps.slice(-2) ?? [];
  const planned = other.plan().plan.totalSteps?.value ?? other.lastStep() ?? last;
  const end = trunkEnd(run.spans(series), spans);
  return 2 * last - previous >= planned && (end === null || last > end);
}

/** Settings that name the checkpoint a run was started from. */
const RESUME_KEYS = ['resume_from', 'resume_from_checkpoint', 'resume', 'load_path', 'load', 'ckpt_path', 'init_from'];

/**
 * The run whose checkpoint `run` was started from, by the path in its settings; it must have logged the steps before. `undefined`
 * when `run` begins at its beginning, or names none of `runs`.
 */
export function parentOf(run: TrackedRun, runs: readonly TrackedRun[]): TrackedRun | undefined {
  const series = run.forecastSeries();
  const first = series === undefined ? undefined : run.spans(series)[0]?.steps[0];
  if (series === undefined || first === undefined || first <= 1) return undefined;
  const folders = [...run.config()].flatMap(([key, value]) => (isResumePath(key, value) ? foldersAbove(value) : []));
  return runs.find((other) => {
    if (other === run || !((other.spans(series)[0]?.steps[0] ?? first) < first)) return false;
    const own = `/${namesOf(other.folder === '' ? parentFolder(other.id) : other.folder).join('/')}`;
    return folders.some((folder) => own.endsWith(`/${folder}`));
  });
}

function isResumePath(key: string, value: ConfigValue): value is string {
  const name = key.slice(Math.max(key.lastIndexOf('.'), key.lastIndexOf('/')) + 1).toLowerCase();
  return typeof value === 'string' && RESUME_KEYS.includes(name.replaceAll('-', '_'));
}

/** `out/base/checkpoint-500` lies in `out/base` and in `out`, the nearest first. */
function foldersAbove(path: string): string[] {
  const names = namesOf(path);
  return names.slice(1).map((_, k) => names.slice(0, names.length - 1 - k).join('/'));
}

function namesOf(path: string): string[] {
  return path.split(/[/\\]/).filter((name) => name !== '' && name !== '.' && name !== '..');
}

function parentFolder(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}

/** `run` with what `parent` logged before it began: its losses, learning rates and every other series. */
export function grafted(run: TrackedRun, parent: TrackedRun): PlanSubject {
  const begin = run.spans(run.forecastSeries() ?? '')[0]?.steps[0] ?? 0;
  const spans = (name: SeriesName): Span[] => [...spansUntil(parent.spans(name), begin - 1), ...run.spans(name)];
  return {
    structure: run.structure,
    stepUnit: run.stepUnit,
    userFacts: run.userFacts,
    logs: run.logs,
    settings: run.settings,
    spans,
    countOf: (name) => spans(name).reduce((sum, { steps }) => sum + steps.length, 0),
    facts: () => run.facts(),
  };
}
