import { formatNumber, formatPercent, formatStep } from '../../report/numbers';
import { detector, type Finding, type Reading } from '../detector';

/** Slower by this share, for so many values in a row. */
const DROP = 0.2;
const PATIENCE = 20;
/** Values before the usual speed is known. */
const YOUNG = 60;
/** The first values are those of compilation and warm caches. */
const SKIPPED = 5;
/** The usual speed follows at this rate; after so many slow values the slow speed is the usual one. */
const RATE = 0.01;
const ACCEPTED = 1000;

interface State {
  count: number;
  /** Median speed by stochastic approximation: of the logged value, or of its inverse for times. */
  usual: number;
  slow: number;
  sum: number;
  since: number;
  handle: number;
}

export const throughputDrop = detector<State>({
  id: 'throughputDrop',
  title: 'Throughput has dropped',
  meaning:
    'The run is slower than it was for many steps in a row: a throttled or failing device, a slow node, another job on the machine, a data loader that no longer keeps up, longer sequences.',
  advice:
    'Look at device clocks, temperatures and the time per step of each rank; restart on other nodes if one is slow. The loss by step is not affected.',
  source: {
    authors: 'Jiang et al.',
    year: 2024,
    title: 'MegaScale: Scaling Large Language Model Training to More Than 10,000 GPUs',
    id: '2402.15627',
    where: 'computational stragglers',
  },
  concerns: ['batchSize'],
  listens: /^(throughput|samples_per_second|iteration_time)$/,
  start: () => ({ count: 0, usual: 0, slow: 0, sum: 0, since: 0, handle: -1 }),
  point: (state, reading, around) => {
    const { series, step, value } = reading;
    if (!(value > 0) || !Number.isFinite(value)) return;
    const speed = series === 'iteration_time' ? 1 / value : value;
    state.count++;
    if (state.count <= SKIPPED) state.usual = speed;
    const isSlow = state.count > YOUNG && speed < (1 - DROP) * state.usual;
    if (!isSlow) {
      const rate = Math.max(RATE, 3 / (state.count + 1));
      state.usual *= speed > state.usual ? 1 + rate : 1 / (1 + rate);
      if (state.handle >= 0) around.change(state.handle, describe(state, reading, step));
      Object.assign(state, { slow: 0, sum: 0, handle: -1 });
      return;
    }
    if (state.slow === 0) state.since = step;
    state.slow++;
    state.sum += value;
    if (state.slow === PATIENCE) state.handle = around.raise(describe(state, reading, null));
    if (state.slow < ACCEPTED) return;
    Object.assign(state, { count: YOUNG, usual: speed, slow: 0, sum: 0, handle: -1 });
  },
  restarted: (state) => {
    Object.assign(state, { count: 0, slow: 0, sum: 0, handle: -1 });
  },
});

function describe({ usual, slow, sum, since }: State, { series, step }: Reading, until: number | null): Finding {
  const mean = sum / slow;
  const isTime = series === 'iteration_time';
  const before = isTime ? 1 / usual : usual;
  const drop = isTime ? 1 - before / mean : 1 - mean / before;
  const end = until === null ? '' : ` It was as before at step ${formatStep(until)}.`;
  return {
    severity: until === null ? 'warning' : 'info',
    step: since,
    until,
    text: `${series} was ${formatNumber(before)} and is ${formatNumber(mean)} on average since step ${formatStep(since)}: ${formatPercent(drop)} slower.${end}`,
    numbers: { before, after: mean, drop },
    steps: [since, step],
  };
}
