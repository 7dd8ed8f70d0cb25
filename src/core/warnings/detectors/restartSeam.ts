import { formatLoss, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Values after the restart that are compared. */
const AFTER = 8;
/** The loss is higher than before by so many errors of the mean, and by this share. */
const ERRORS = 6;
const LEAST = 0.015;
/** A restart from before this share of the run is a new start. */
const FRESH = 0.5;

interface State {
  lastStep: number;
  level: number;
  sigma: number;
  /** Step and values of the restart at hand; `count` -1 without one. */
  step: number;
  from: number;
  before: number;
  noise: number;
  count: number;
  sum: number;
}

export const restartSeam = detector<State>({
  id: 'restartSeam',
  title: 'The loss is higher after a restart',
  meaning:
    'Training was taken up again from an earlier step and the loss is clearly higher than it was: the state of the optimizer, of the learning-rate schedule or of the data order was not restored, or the data or batch size changed.',
  advice:
    'Save and load optimizer, scheduler, random and data-loader state with the weights. Forecasts cut the data at the seam.',
  source: {
    authors: 'Chowdhery et al.',
    year: 2022,
    title: 'PaLM: Scaling Language Modeling with Pathways',
    id: '2204.02311',
    where: 'section 5, training setup: reproducible restarts',
  },
  concerns: ['learningRate', 'batchSize'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({ lastStep: 0, level: 0, sigma: 0, step: 0, from: 0, before: 0, noise: 0, count: -1, sum: 0 }),
  point: (state, { step, value, level, sigma }, around) => {
    if (!Number.isFinite(value)) return;
    state.lastStep = step;
    if (sigma > 0) Object.assign(state, { level, sigma });
    if (state.count < 0) return;
    state.sum += value;
    if (++state.count < AFTER) return;
    const mean = state.sum / AFTER;
    const jump = mean - state.before;
    state.count = -1;
    if (jump < Math.max((ERRORS * state.noise) / Math.sqrt(AFTER), LEAST * Math.abs(state.before))) return;
    around.raise({
      severity: 'warning',
      step: state.step,
      text: `Training went on from step ${formatStep(state.step)} after it had reached step ${formatStep(state.from)}; the loss was ${formatLoss(state.before)} and is ${formatLoss(mean)}.`,
      numbers: { before: state.before, after: mean, jump, reached: state.from },
      steps: [state.step],
    });
  },
  restarted: (state, step) => {
    const { lastStep, level, sigma } = state;
    const isFresh = step < FRESH * lastStep || sigma === 0;
    Object.assign(state, { step, from: lastStep, before: level, noise: sigma, count: isFresh ? -1 : 0, sum: 0 });
    state.sigma = 0;
  },
});
