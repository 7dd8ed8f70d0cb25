import { formatStep } from '../report/numbers';
import { formatDuration } from '../report/time';
import { type ExplainedWarning, explain } from '../warnings/explain';
import type { Warning } from '../warnings/warning';
import type { Engine } from './engine';
import { runState } from './runState';
import { aboveSiblings } from './siblings';
import type { TrackedRun } from './trackedRun';

/** A run that has been silent for longer than this many milliseconds was given up: that is no news. */
const GIVEN_UP = 24 * 3600_000;

/**
 * All warnings of a run: those of its points, of the forecasts of its past (`Engine.watchLaw`), of the spectra of its checkpoints (`SpectraWatch`), of its silence at clock time `now` (milliseconds), and the one of its
 * comparison with `others`. In order of their steps.
 */
export function findingsOf(run: TrackedRun, now: number, others: readonly TrackedRun[] = []): Warning[] {
  const more = [standstill(run, now), aboveSiblings(run, others)].filter((warning) => warning !== null);
  return [...run.warnings(), ...run.offCurve, ...run.spectral, ...more].sort((a, b) => a.step - b.step);
}

/** All that has been found of a run and is not muted, its losses held against the forecasts of its past first; explained. */
export async function explainedFindings(engine: Engine, run: TrackedRun): Promise<ExplainedWarning[]> {
  await engine.watchLaw(run);
  const found = findingsOf(run, engine.host.clock.now(), engine.runs());
  return found.filter((warning) => !run.isMuted(warning)).map(explain);
}

/** The warning `stalledRun` for a run that stands still now and has not reached the end of a known plan. */
function standstill(run: TrackedRun, now: number): Warning | null {
  const step = run.lastStep();
  const total = run.plan().plan.totalSteps?.value;
  if (step === null || total === undefined || runState(run, now) !== 'stalled') return null;
  const silence = now - run.changedAt;
  if (silence > GIVEN_UP) return null;
  return {
    id: 'stalledRun',
    severity: 'error',
    step,
    until: null,
    series: null,
    evidence: {
      text: `Nothing has been logged for ${formatDuration(silence)} since step ${formatStep(step)} of ${formatStep(total)}.`,
      numbers: { seconds: silence / 1000, totalSteps: total },
      steps: [step],
    },
  };
}
