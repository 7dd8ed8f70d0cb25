import { bestEarlier } from '../core/engine/earlierRuns';
import { remainingMs } from '../core/engine/eta';
import { runAxes } from '../core/engine/runAxes';
import { findingsOf } from '../core/engine/runFindings';
import { runState } from '../core/engine/runState';
import type { TrackedRun } from '../core/engine/trackedRun';
import type { Plan } from '../core/plan/plan';
import { explain } from '../core/warnings/explain';
import { detectorById } from '../core/warnings/registry';
import type { Warning } from '../core/warnings/warning';
import type { PlanPartView, RunSummary, RunView, SeriesInfo, WarningSummary } from '../protocol/run';

/** Issues of a run that are sent to a panel. */
const MAX_ISSUES_SHOWN = 200;
/** Warnings of a run that are sent to its panel, and to lists of runs. */
const MAX_WARNINGS_SHOWN = 200;
const MAX_WARNINGS_LISTED = 50;
/** Knots of the planned learning rate that are sent to a panel. */
const MAX_LR_KNOTS = 1000;

/** A run as the Runs view shows it. `now` is clock time in milliseconds; `runs` are those it is compared with. */
export function summaryOf(run: TrackedRun, now: number, runs: readonly TrackedRun[] = []): RunSummary {
  const warnings = findingsOf(run, now, runs).filter((warning) => !run.isMuted(warning));
  const { forecast } = run.forecast;
  return {
    id: run.id,
    name: run.name,
    format: [...new Set(run.files.map((file) => file.format?.title ?? 'unknown format'))].join(', '),
    guessed: run.files.some((file) => file.guessed),
    files: run.files.map((file) => file.path),
    source: run.source,
    state: runState(run, now),
    stepUnit: run.stepUnit,
    points: run.points,
    step: run.lastStep(),
    totalSteps: run.plan().plan.totalSteps?.value ?? null,
    loss: lastLoss(run),
    forecast: forecast?.finalLoss ?? null,
    refused: forecast?.refused ?? null,
    issues: run.issues().length,
    warnings: warnings.slice(-MAX_WARNINGS_LISTED).map(warningSummary),
    changedAt: run.changedAt,
  };
}

/** A run as its panel shows it beside the curves. */
export function viewOf(
  run: TrackedRun,
  now: number,
  runs: readonly TrackedRun[] = [],
  checkpoints: RunView['checkpoints'] = [],
): RunView {
  const findings = findingsOf(run, now, runs);
  const { plan, lrCurve, missing, conflicts } = run.plan();
  return {
    summary: summaryOf(run, now, runs),
    series: run.seriesNames().map((name) => seriesInfo(run, name)),
    plan: PLAN_KEYS.map((key) => planPart(plan, key)),
    missing,
    conflicts,
    restarts: run.restarts(),
    plannedLr: lrCurve === null ? { steps: [], lrs: [] } : thinKnots(lrCurve.steps, lrCurve.lrs),
    config: Object.fromEntries(run.config()),
    issues: run.issues().slice(-MAX_ISSUES_SHOWN),
    warnings: findings
      .slice(-MAX_WARNINGS_SHOWN)
      .map((warning) => ({ ...explain(warning), muted: run.isMuted(warning) })),
    etaMs: remainingMs(run),
    axes: runAxes(run),
    best: bestEarlier(run, runs, now),
    checkpoints,
  };
}

const PLAN_KEYS = ['totalSteps', 'family', 'warmupSteps', 'peakLr', 'finalLr', 'decayStart', 'decaySteps'] as const;

function planPart(plan: Plan, key: (typeof PLAN_KEYS)[number]): PlanPartView {
  const fact = plan[key];
  if (fact === null) return { key, value: null, source: null, confidence: 0, where: '' };
  return { key, value: fact.value, source: fact.source, confidence: fact.confidence, where: fact.where };
}

function seriesInfo(run: TrackedRun, name: string): SeriesInfo {
  const parts = run.parts(name);
  const newest = parts[parts.length - 1]!;
  const last = run.spans(name).at(-1);
  const value = last?.values.at(-1);
  return {
    name,
    label: newest.label,
    unit: newest.unit,
    points: parts.reduce((sum, part) => sum + part.length, 0),
    nonFinite: parts.reduce((sum, part) => sum + part.nonFinite, 0),
    last: value !== undefined && Number.isFinite(value) ? { step: last!.steps.at(-1)!, value } : null,
  };
}

function lastLoss(run: TrackedRun): number | null {
  const name = run.forecastSeries();
  const value = name === undefined ? undefined : run.spans(name).at(-1)?.values.findLast(Number.isFinite);
  return value ?? null;
}

function thinKnots(steps: Float64Array, lrs: Float64Array): { steps: number[]; lrs: number[] } {
  const every = Math.max(1, Math.ceil(steps.length / MAX_LR_KNOTS));
  const keep = (_: number, i: number): boolean => i % every === 0 || i === steps.length - 1;
  return { steps: Array.from(steps).filter(keep), lrs: Array.from(lrs).filter(keep) };
}

function warningSummary({ id, severity, step, until, evidence }: Warning): WarningSummary {
  return { id, severity, step, until, title: detectorById(id)!.title, text: evidence.text };
}
