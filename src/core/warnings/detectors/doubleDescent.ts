import { formatLoss, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/**
 * The first descent is over when the loss lies this share above its least value, and so many times what neighbouring
 * evaluations differ by, for so many evaluations in a row.
 */
const RISE = 0.03;
const SPREADS = 3;
const PATIENCE = 6;

interface State {
  count: number;
  best: number;
  bestStep: number;
  peak: number;
  peakStep: number;
  above: number;
  /** Mean change between neighbouring evaluations. */
  spread: number;
  previous: number;
  rose: boolean;
  done: boolean;
}

export const doubleDescent = detector<State>({
  id: 'doubleDescent',
  title: 'Second descent',
  meaning:
    'The validation loss rose well above its best value for several evaluations and has now fallen below that value: double descent over the length of the training. Stopping at the first minimum would have missed it.',
  advice:
    'Nothing is wrong now. If data are repeated, check how often: repeating a small part of the data many times produces the same picture and costs capacity.',
  source: {
    authors: 'Nakkiran et al.',
    year: 2019,
    title: 'Deep Double Descent: Where Bigger Models and More Data Hurt',
    id: '1912.02292',
    where: 'epoch-wise double descent',
  },
  concerns: ['epochs', 'totalSteps'],
  listens: /^val_loss$/,
  start: () => ({
    count: 0,
    best: 0,
    bestStep: 0,
    peak: 0,
    peakStep: 0,
    above: 0,
    spread: 0,
    previous: 0,
    rose: false,
    done: false,
  }),
  point: (state, { step, value }, around) => {
    if (!Number.isFinite(value) || state.done) return;
    if (state.count > 0) state.spread += (Math.abs(value - state.previous) - state.spread) / Math.min(state.count, 20);
    state.previous = value;
    state.count++;
    if (state.count === 1) Object.assign(state, { best: value, bestStep: step, peak: value, peakStep: step });
    const limit = Math.max(RISE * Math.abs(state.best), SPREADS * state.spread);
    state.above = value > state.best + limit ? state.above + 1 : 0;
    if (state.above >= PATIENCE) state.rose = true;
    if (value > state.peak) Object.assign(state, { peak: value, peakStep: step });
    if (value >= state.best) return;
    if (state.rose) {
      state.done = true;
      const { best, bestStep, peak, peakStep } = state;
      around.raise({
        severity: 'info',
        step,
        text: `The validation loss was ${formatLoss(best)} at step ${formatStep(bestStep)}, rose to ${formatLoss(peak)} at step ${formatStep(peakStep)} and is now ${formatLoss(value)}.`,
        numbers: { firstBest: best, peak, value },
        steps: [bestStep, peakStep, step],
      });
    }
    Object.assign(state, { best: value, bestStep: step, peak: value, peakStep: step, above: 0, rose: false });
  },
  restarted: (state) => {
    Object.assign(state, { above: 0, rose: false });
  },
});
