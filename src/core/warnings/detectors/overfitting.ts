import { formatLoss, formatStep } from '../../report/numbers';
import { detector, type Finding } from '../detector';

/** Evaluations in a row above the best one. */
const PATIENCE = 5;
/** They must lie above it by so many times what neighbouring evaluations differ by, and by this share. */
const SPREADS = 2;
const RISE = 0.005;

interface State {
  count: number;
  best: number;
  bestStep: number;
  /** Level of the training loss at the best evaluation. */
  trainAtBest: number | null;
  previous: number;
  /** Mean change between neighbouring evaluations. */
  spread: number;
  above: number;
  handle: number;
}

export const overfitting = detector<State>({
  id: 'overfitting',
  title: 'Over-fitting',
  meaning:
    'The validation loss rises above its best value evaluation after evaluation while the training loss goes on falling: the model learns the training data by heart.',
  advice:
    'Keep the checkpoint of the best evaluation. Fewer passes over the data, more data, or more regularisation (dropout, weight decay) move the turning point.',
  source: {
    authors: 'Prechelt',
    year: 1998,
    title: 'Automatic early stopping using cross validation: quantifying the criteria',
    id: '10.1016/S0893-6080(98)00010-0',
    where: 'criterion UP: successive rises of the validation error',
  },
  concerns: ['epochs', 'weightDecay', 'totalSteps'],
  listens: /^(train_loss|val_loss)$/,
  joint: true,
  baseline: 'linear',
  start: () => ({ count: 0, best: 0, bestStep: 0, trainAtBest: null, previous: 0, spread: 0, above: 0, handle: -1 }),
  point: (state, { series, step, value }, around) => {
    if (series !== 'val_loss' || !Number.isFinite(value)) return;
    const train = around.levelBefore('train_loss', step);
    if (state.count > 0) state.spread += (Math.abs(value - state.previous) - state.spread) / Math.min(state.count, 10);
    state.count++;
    state.previous = value;
    if (state.count === 1 || value < state.best) {
      Object.assign(state, { best: value, bestStep: step, trainAtBest: Number.isNaN(train) ? null : train, above: 0 });
      if (state.handle >= 0) around.change(state.handle, over(state, step, value));
      state.handle = -1;
      return;
    }
    const limit = Math.max(SPREADS * state.spread, RISE * Math.abs(state.best));
    const falling = state.trainAtBest !== null && train < state.trainAtBest - RISE * Math.abs(state.trainAtBest);
    state.above = value > state.best + limit && falling ? state.above + 1 : Math.max(0, state.above - 1);
    if (state.above < PATIENCE || state.handle >= 0) return;
    const { best, bestStep, trainAtBest } = state;
    state.handle = around.raise({
      severity: 'warning',
      step: bestStep,
      text: `The validation loss was ${formatLoss(best)} at step ${formatStep(bestStep)} and is ${formatLoss(value)} at step ${formatStep(step)}, while the training loss fell from ${formatLoss(trainAtBest)} to ${formatLoss(train)}.`,
      numbers: { best, validation: value, trainAtBest, train, gap: value - train },
      steps: [bestStep, step],
    });
  },
});

function over({ best, bestStep }: State, step: number, value: number): Finding {
  return {
    severity: 'info',
    step,
    until: step,
    text: `The validation loss had risen for a while and is at its best again: ${formatLoss(value)} at step ${formatStep(step)}.`,
    numbers: { best },
    steps: [bestStep],
  };
}
