import { formatStep } from '../../report/numbers';
import { formatDuration } from '../../report/time';
import { detector, type Finding } from '../detector';

/** A pause counts when it is so many times the usual one between two logged points, within these bounds in seconds. */
const FACTOR = 20;
const SHORTEST = 300;
const LONGEST = 3600;
/** Pauses before the usual one is known. */
const YOUNG = 5;
const RATE = 0.05;

interface State {
  count: number;
  previous: number;
  previousStep: number;
  /** Median pause in seconds. */
  usual: number;
}

export const stalledRun = detector<State>({
  id: 'stalledRun',
  title: 'The run stands still',
  meaning:
    'Nothing has been logged for much longer than usual although the plan is not done: the process was killed, hangs in a collective operation or waits for storage. Pauses that are over are listed too when the log holds clock times.',
  advice:
    'Look at the process and at the system log (out of memory, lost device, time-outs of collectives); resume from the last checkpoint.',
  source: {
    authors: 'Jiang et al.',
    year: 2024,
    title: 'MegaScale: Scaling Large Language Model Training to More Than 10,000 GPUs',
    id: '2402.15627',
    where: 'fault tolerance: heartbeats and hangs',
  },
  concerns: [],
  listens: /^wall_time$/,
  start: () => ({ count: 0, previous: 0, previousStep: 0, usual: 0 }),
  point: (state, { step, value }, around) => {
    if (!Number.isFinite(value)) return;
    const pause = value - state.previous;
    const from = state.previousStep;
    state.previous = value;
    state.previousStep = step;
    if (++state.count === 1 || pause <= 0) return;
    if (state.count > YOUNG && pause > silenceAllowed(state.usual)) {
      around.raise(pauseFinding({ from, to: step, seconds: pause, usual: state.usual }));
      return;
    }
    if (state.usual === 0) state.usual = pause;
    else state.usual *= pause > state.usual ? 1 + RATE : 1 / (1 + RATE);
  },
  restarted: (state) => {
    // Between two launches lies a pause that says nothing.
    state.count = 0;
  },
});

/** Seconds of silence after which a run stands still, from its usual pause between two points. */
function silenceAllowed(usual: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, FACTOR * usual));
}

function pauseFinding({
  from,
  to,
  seconds,
  usual,
}: {
  from: number;
  to: number;
  seconds: number;
  usual: number;
}): Finding {
  return {
    severity: 'info',
    step: from,
    until: to,
    text: `Between steps ${formatStep(from)} and ${formatStep(to)} nothing was logged for ${formatDuration(seconds * 1000)}; usual are ${formatDuration(usual * 1000)}.`,
    numbers: { seconds, usual },
    steps: [from, to],
  };
}
