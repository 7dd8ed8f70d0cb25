import { formatLoss, formatPercent, formatStep } from '../../report/numbers';
import { detector, type Finding } from '../detector';
import type { RunFacts } from '../facts';

/** A warm-up of more than this share of the run is long, in a run that is more than a test. */
const LONG = 0.25;
const SHORT_RUN = 200;
/** Values the level of the loss is averaged over. */
const SLOW = 6;
/** The loss rose by this much of its fall, and by so many sigma, between the start and some warm-ups later. */
const RISE = 0.1;
const SIGMAS = 6;
const WARMUPS = 3;
/** Values in a row that must be so high. */
const PATIENCE = 8;
/** The rate counts as rising while it is above its maximum so far by this factor. */
const RISING = 1.0005;

interface State {
  checked: boolean;
  highestRate: number;
  /** Step of the highest rate: the end of the warm-up once it has been passed. */
  peakStep: number;
  start: number;
  slow: number;
  count: number;
  best: number;
  bestStep: number;
  high: number;
  handle: number;
}

export const warmup = detector<State>({
  id: 'warmup',
  title: 'Warm-up too short or too long',
  meaning:
    'Too short: the loss rises again while the learning rate approaches its peak or just after, before the second moments of the optimizer have settled. Too long: a large share of the budget runs below the planned rate.',
  advice:
    'Too short: take at least 2 / (1 - beta2) steps, and more for larger models and rates. Too long: about as many tokens as the model has parameters are enough for small budgets; 1 to 5 % of the run is usual.',
  source: {
    authors: 'Ma & Yarats',
    year: 2019,
    title: 'On the adequacy of untuned warmup for adaptive optimization',
    id: '1910.04209',
    where: 'rule of thumb of 2 / (1 - beta2) steps',
  },
  concerns: ['warmupSteps', 'learningRate', 'beta2'],
  listens: /^(learning_rate|train_loss)$/,
  joint: true,
  baseline: 'linear',
  start: () => ({
    checked: false,
    highestRate: 0,
    peakStep: 0,
    start: 0,
    slow: 0,
    count: 0,
    best: 0,
    bestStep: 0,
    high: 0,
    handle: -1,
  }),
  point: (state, { series, step, value, sigma }, around) => {
    if (!Number.isFinite(value)) return;
    if (!state.checked) {
      state.checked = true;
      const long = tooLong(around.facts, step);
      if (long !== undefined) state.handle = around.raise(long);
    }
    if (series === 'learning_rate') {
      if (value > RISING * state.highestRate) Object.assign(state, { highestRate: value, peakStep: step });
      return;
    }
    state.count++;
    if (state.count === 1) Object.assign(state, { start: value, slow: value, best: value, bestStep: step });
    state.slow += (value - state.slow) / Math.min(SLOW, state.count);
    if (state.slow < state.best) Object.assign(state, { best: state.slow, bestStep: step });
    if (state.handle >= 0 || state.peakStep <= 0 || step > WARMUPS * state.peakStep) return;
    const limit = state.best + Math.max(RISE * (state.start - state.best), SIGMAS * sigma);
    state.high = sigma > 0 && state.slow > limit ? state.high + 1 : 0;
    if (state.high >= PATIENCE) state.handle = around.raise(tooShort(state, step, around.facts));
  },
});

function tooLong({ warmupSteps, totalSteps }: RunFacts, step: number): Finding | undefined {
  if (warmupSteps === null || totalSteps === null || totalSteps < SHORT_RUN) return undefined;
  const share = warmupSteps / totalSteps;
  // A share above 1 is counted in something else than steps.
  if (share <= LONG || share > 1) return undefined;
  return {
    severity: 'info',
    step,
    text: `The warm-up takes ${formatStep(warmupSteps)} of ${formatStep(totalSteps)} steps, ${formatPercent(share)} of the run.`,
    numbers: { warmupSteps, totalSteps, share },
  };
}

function tooShort({ best, bestStep, slow, peakStep }: State, step: number, { beta2 }: RunFacts): Finding {
  const least = beta2 === null || beta2 >= 1 ? null : 2 / (1 - beta2);
  const rule =
    least === null ? '' : ` With beta2 = ${beta2}, at least ${formatStep(Math.round(least))} steps are advised.`;
  return {
    severity: 'warning',
    step: bestStep,
    text: `The loss rose from ${formatLoss(best)} at step ${formatStep(bestStep)} to ${formatLoss(slow)} at step ${formatStep(step)}, while the learning rate reached its peak by step ${formatStep(peakStep)}.${rule}`,
    numbers: { before: best, after: slow, peakStep, advised: least },
    steps: [bestStep, step],
  };
}
