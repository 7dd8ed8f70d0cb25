import { formatLoss, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** The training data are known by heart when their loss is this share of where it began, and of the validation loss. */
const LEARNT = 0.1;
const BELOW = 0.5;
/** Evaluations in that state before a fall is called late. */
const PATIENCE = 8;
/** The late fall of the validation loss, as a share of its level. */
const FALL = 0.25;

interface State {
  trainStart: number | null;
  learntStep: number;
  learnt: number;
  /** Greatest validation loss since. */
  level: number;
  done: boolean;
}

export const delayedGeneralisation = detector<State>({
  id: 'delayedGeneralisation',
  title: 'Late generalisation (grokking)',
  meaning:
    'Long after the training data were learnt by heart the validation loss begins to fall: the network finds a rule behind them. Seen on small algorithmic data sets with weight decay.',
  advice: 'Let it run on. Stronger weight decay and more data bring the fall forward.',
  source: {
    authors: 'Power et al.',
    year: 2022,
    title: 'Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets',
    id: '2201.02177',
    where: 'figure 1',
  },
  concerns: ['weightDecay', 'totalSteps'],
  listens: /^(train_loss|val_loss)$/,
  joint: true,
  baseline: 'linear',
  start: () => ({ trainStart: null, learntStep: 0, learnt: 0, level: 0, done: false }),
  point: (state, { series, step, value }, around) => {
    if (!Number.isFinite(value)) return;
    if (series === 'train_loss') {
      state.trainStart ??= value;
      return;
    }
    const train = around.levelBefore('train_loss', step);
    if (state.done || state.trainStart === null || Number.isNaN(train)) return;
    const byHeart = train < LEARNT * state.trainStart && train < BELOW * value;
    if (state.learnt < PATIENCE && !byHeart) {
      state.learnt = 0;
      return;
    }
    if (state.learnt === 0) Object.assign(state, { learntStep: step, level: value });
    state.learnt++;
    const hasFallen = value <= (1 - FALL) * state.level;
    if (state.learnt <= PATIENCE) {
      // A fall that goes on is not late: the wait begins anew.
      if (hasFallen) Object.assign(state, { learntStep: step, level: value, learnt: 1 });
      else state.level = Math.max(state.level, value);
      return;
    }
    if (!hasFallen) return;
    state.done = true;
    around.raise({
      severity: 'info',
      step,
      text: `The training loss had been below ${formatLoss(LEARNT * state.trainStart)} since step ${formatStep(state.learntStep)}; the validation loss fell from ${formatLoss(state.level)} to ${formatLoss(value)} by step ${formatStep(step)}.`,
      numbers: { train, before: state.level, after: value },
      steps: [state.learntStep, step],
    });
  },
});
