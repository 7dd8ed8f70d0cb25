import { formatLoss, formatPercent, formatStep } from '../../report/numbers';
import { clipped } from '../blocks';
import { detector, type Finding } from '../detector';
import { newPyramid, type Pyramid, type Rise, rise } from '../pyramid';

/** A rise above the lowest level counts from this share of it, and from so many of its standard errors, on. */
const RISE = 0.01;
const ERRORS = 5;
/** Values further from their level than this many sigma count as that. */
const CLIP = 4;
/** A learning rate so much higher than it was explains a rise. */
const REWARMED = 1.05;
/** The rise is over when it is less than this share of what was reported. */
const OVER = 0.25;
/** The rise that counts as divergence, to say when it will be reached. */
const DIVERGED = 0.2;

interface State {
  pyramid: Pyramid;
  /** Lowest learning rate so far; 0 while unknown. */
  rate: number;
  since: number;
  lowest: number;
  level: number;
  handle: number;
}

export const divergenceAhead = detector<State>({
  id: 'divergenceAhead',
  title: 'The loss is rising',
  meaning:
    'Averaged over its noise the loss has been rising above its lowest level, by more than the spread of earlier averages explains, while the learning rate was not raised. The law of the run says that it should fall: this is how slow divergences begin.',
  advice:
    'Look at the gradient norm and at logit sizes now. Lower the learning rate, or go back to a checkpoint before the rise; a later step of the plan does not help.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3, divergences that build up slowly',
  },
  concerns: ['learningRate', 'weightDecay', 'zLoss'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({ pyramid: newPyramid(), rate: 0, since: 0, lowest: 0, level: 0, handle: -1 }),
  point: (state, { step, value, level, sigma }, around) => {
    if (!Number.isFinite(value) || sigma === 0) return;
    const rate = around.before('learning_rate', step);
    if (rate > REWARMED * state.rate) Object.assign(state, { pyramid: newPyramid(), rate });
    else if (rate > 0 && rate < state.rate) state.rate = rate;
    const found = rise(state.pyramid, clipped(value, level, CLIP * sigma), { step, sigma });
    if (found === undefined) return;
    if (state.handle < 0) {
      if (found.height < ERRORS || found.level - found.lowest < RISE * Math.abs(found.lowest)) return;
      Object.assign(state, { since: found.since, lowest: found.lowest, level: found.level });
      state.handle = around.raise(describe(found, { step, total: around.facts.totalSteps }));
    } else if (found.level < state.lowest + OVER * (state.level - state.lowest)) {
      around.change(state.handle, over(state, found, step));
      state.handle = -1;
    }
  },
  restarted: (state) => {
    Object.assign(state, { pyramid: newPyramid(), handle: -1 });
  },
});

function describe(
  { lowest, lowestStep, level, since }: Rise,
  { step, total }: { step: number; total: number | null },
): Finding {
  const perStep = (level - lowest) / Math.max(1, step - lowestStep);
  const diverged = step + (DIVERGED * Math.abs(lowest) - (level - lowest)) / perStep;
  const soon = diverged > step && (total === null || diverged < total);
  const when = soon
    ? ` At this rate it is ${formatPercent(DIVERGED)} higher at step ${formatStep(Math.round(diverged))}.`
    : '';
  return {
    severity: 'warning',
    step: since,
    text: `The mean loss was ${formatLoss(lowest)} around step ${formatStep(lowestStep)} and is ${formatLoss(level)} around step ${formatStep(step)}.${when}`,
    numbers: { lowest, level, rise: level / lowest - 1, perStep, divergedAt: soon ? diverged : null },
    steps: [lowestStep, since, step],
  };
}

function over({ since }: State, { level }: Rise, step: number): Finding {
  return {
    severity: 'info',
    step: since,
    until: step,
    text: `The mean loss rose around step ${formatStep(since)} and was down at ${formatLoss(level)} again by step ${formatStep(step)}.`,
    numbers: { level },
    steps: [since, step],
  };
}
