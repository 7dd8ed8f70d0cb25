import { scheduleLr } from '../../plan/schedule';
import { formatLr, formatStep } from '../../report/numbers';
import { detector, type Finding, type Surroundings } from '../detector';

/**
 * A logged rate is off its plan beyond this share of it: schedules of the same name differ by a step or so, and decays
 * counted in samples or tokens by a few percent.
 */
const TOLERANCE = 0.05;
/** Logged rates in a row that must be off. */
const PATIENCE = 4;
/** A rate that had been level or falling for so many values and jumps up by this factor was set back. */
const SETTLED = 30;
const JUMP = 1.2;
/** A restart from before this share of the run is a new start. */
const FRESH = 0.5;

interface State {
  previous: number;
  previousStep: number;
  /** Values in a row that did not rise. */
  settled: number;
  off: number;
  since: number;
  handle: number;
}

export const learningRateOffPlan = detector<State>({
  id: 'learningRateOffPlan',
  title: 'Learning rate off its plan',
  meaning:
    'The logged learning rate is not the one that the configuration or the user states, or it jumps up after it had settled. Usual causes: a scheduler that is not stepped, is stepped once per micro-batch, or begins anew after a resume.',
  advice:
    'Compare the step count of the scheduler with the optimizer steps, load the state of the scheduler with the checkpoint, and correct the plan in the panel when the code is right.',
  source: {
    authors: 'Tissue, Wang & Wang',
    year: 2024,
    title: 'Scaling Law with Learning Rate Annealing',
    id: '2408.11029',
    where: 'equation 1: the loss follows the whole course of the rate',
  },
  concerns: ['learningRate', 'schedule', 'warmupSteps', 'totalSteps'],
  listens: /^learning_rate$/,
  start: () => ({ previous: 0, previousStep: 0, settled: 0, off: 0, since: 0, handle: -1 }),
  point: (state, { step, value }, around) => {
    if (!Number.isFinite(value)) return;
    const jump = jumpOf(state, step, value);
    state.settled = value > state.previous * (1 + 1e-6) && state.previousStep > 0 ? 0 : state.settled + 1;
    state.previous = value;
    state.previousStep = step;
    const off = offPlan(state, { step, value }, around);
    const finding = off ?? jump;
    if (finding !== undefined && state.handle < 0) state.handle = around.raise(finding);
  },
  restarted: (state, step) => {
    // The jump of a resumed run is looked for against the newest rate before it, that of a new start is none.
    if (step < FRESH * state.previousStep) Object.assign(state, { previous: 0, previousStep: 0, settled: 0 });
    Object.assign(state, { off: 0, handle: -1 });
  },
});

function jumpOf({ previous, previousStep, settled }: State, step: number, value: number): Finding | undefined {
  if (settled < SETTLED || !(previous > 0) || value < JUMP * previous) return undefined;
  return {
    severity: 'warning',
    step,
    text: `The learning rate jumps from ${formatLr(previous)} at step ${formatStep(previousStep)} to ${formatLr(value)} at step ${formatStep(step)}, after ${settled} values that did not rise.`,
    numbers: { before: previous, after: value, ratio: value / previous },
    steps: previousStep < step ? [previousStep, step] : [step],
  };
}

function offPlan(
  state: State,
  { step, value }: { step: number; value: number },
  { facts: { schedule, peakLr } }: Surroundings,
): Finding | undefined {
  const [low, high] =
    schedule === null || step <= schedule.warmupSteps
      ? [0, schedule?.peakLr ?? peakLr ?? Number.POSITIVE_INFINITY]
      : [-1, 0, 1]
          .map((shift) => scheduleLr(schedule, step + shift))
          .sort((a, b) => a - b)
          .filter((_, i) => i !== 1);
  const slack = TOLERANCE * Math.max(Math.abs(high!), Math.abs(value));
  const isOff = value < low! - slack || value > high! + slack;
  if (isOff && state.off === 0) state.since = step;
  state.off = isOff ? state.off + 1 : 0;
  if (state.off !== PATIENCE) return undefined;
  const isPeak = schedule === null || step <= schedule.warmupSteps;
  const planned = isPeak ? high! : scheduleLr(schedule, step);
  const what = isPeak ? 'the stated peak is' : 'the plan says';
  return {
    severity: 'warning',
    step: state.since,
    text: `The logged learning rate is ${formatLr(value)} at step ${formatStep(step)}, ${what} ${formatLr(planned)}; it has been off since step ${formatStep(state.since)}.`,
    numbers: { logged: value, planned, ratio: planned === 0 ? null : value / planned },
    steps: [state.since, step],
  };
}
