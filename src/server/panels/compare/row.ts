import { remainingMs } from '../../../core/engine/eta';
import type { RunForecast } from '../../../core/engine/forecastState';
import { findingsOf } from '../../../core/engine/runFindings';
import { runState } from '../../../core/engine/runState';
import type { TrackedRun } from '../../../core/engine/trackedRun';
import { detectorById } from '../../../core/warnings/registry';
import type { CompareRow, EndView } from '../../../protocol/compare';
import type { ShownForecast } from '../seriesForecasts';

/** Warnings of a run that a row names; the newest. */
const MAX_WARNINGS = 8;

/** A run as a comparison shows it by the series of `view`, its warnings left out: all else is at hand. `now` is clock time in milliseconds. */
export function rowOf(run: TrackedRun, now: number, view: ShownForecast): CompareRow {
  const series = view.series ?? null;
  const step = run.lastStep();
  return {
    run: run.id,
    name: run.name,
    source: run.source,
    state: runState(run, now),
    stepUnit: run.stepUnit,
    step,
    totalSteps: run.plan().plan.totalSteps?.value ?? null,
    etaMs: remainingMs(run),
    tokensPerStep: tokensPerStep(run),
    series,
    loss: series === null ? null : (run.spans(series).at(-1)?.values.findLast(Number.isFinite) ?? null),
    bestValidation: lowest(run, 'val_loss'),
    end: endView(view.forecast),
    warnings: [],
    changedAt: run.changedAt,
  };
}

/** What is known of the end of a run; while a fit is made anew, what the last one said. */
function endView({ status, forecast, message }: RunForecast): EndView {
  const isMeasured = forecast?.refused?.code === 'finished';
  const finalLoss = forecast?.finalLoss ?? null;
  if (status === 'idle') return { status: 'waiting', finalLoss, isMeasured, reason: '' };
  if (status === 'fitting' && forecast === null) return { status, finalLoss, isMeasured, reason: '' };
  if (isMeasured) return { status: 'ready', finalLoss, isMeasured, reason: '' };
  const refused = forecast?.refused?.reason ?? message;
  return { status: status === 'fitting' ? 'ready' : status, finalLoss, isMeasured, reason: refused };
}

function lowest(run: TrackedRun, name: string): CompareRow['bestValidation'] {
  let best: CompareRow['bestValidation'] = null;
  for (const { steps, values } of run.spans(name)) {
    for (const [i, value] of values.entries()) {
      if (Number.isFinite(value) && (best === null || value < best.value)) best = { step: steps[i]!, value };
    }
  }
  return best;
}

/** From the newest count of tokens; `null` where the log has none. */
function tokensPerStep(run: TrackedRun): number | null {
  const span = run.spans('tokens').at(-1);
  const [step = 0, tokens = Number.NaN] = [span?.steps.at(-1), span?.values.at(-1)];
  return step > 0 && tokens > 0 && Number.isFinite(tokens) ? tokens / step : null;
}

/** The warnings of a run that are not muted; looks at all its points the first time. `runs` are those it is compared with. */
export function warningsOf(run: TrackedRun, now: number, runs: readonly TrackedRun[]): CompareRow['warnings'] {
  return findingsOf(run, now, runs)
    .filter((warning) => warning.severity !== 'info' && !run.isMuted(warning))
    .slice(-MAX_WARNINGS)
    .map(({ id, severity, evidence }) => ({ severity, title: detectorById(id)!.title, text: evidence.text }));
}
