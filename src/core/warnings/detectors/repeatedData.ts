import { formatLoss, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Values before and after the start of a pass that are compared. */
const BESIDE = 10;
/** The loss falls at the start of a pass by so many errors of the difference, and by this share. */
const ERRORS = 5;
const LEAST_FALL = 0.015;
/** Passes that must begin so. */
const PASSES = 2;

interface State {
  recent: number[];
  epoch: number;
  /** Level before the start of the pass, and its noise. */
  before: number;
  sigma: number;
  boundary: number;
  after: number;
  sum: number;
  falls: number;
  lastFall: number;
  handle: number;
}

export const repeatedData = detector<State>({
  id: 'repeatedData',
  title: 'Training loss falls at the start of each pass',
  meaning:
    'The training loss drops at once whenever a pass over the data begins: the samples are recognised. What they are worth shrinks with each pass; beyond about four passes much of the compute is lost, and with a small repeated part the model can get worse.',
  advice:
    'Compare with the validation loss: when it no longer falls, stop or add data. Up to four passes cost little, forty are nearly worthless.',
  source: {
    authors: 'Muennighoff et al.',
    year: 2023,
    title: 'Scaling Data-Constrained Language Models',
    id: '2305.16264',
    where: 'decay of the value of repeated tokens',
  },
  concerns: ['epochs', 'totalSteps'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({
    recent: [],
    epoch: 0,
    before: 0,
    sigma: 0,
    boundary: 0,
    after: -1,
    sum: 0,
    falls: 0,
    lastFall: 0,
    handle: -1,
  }),
  point: (state, { step, value, sigma }, around) => {
    if (!Number.isFinite(value)) return;
    const epoch = epochAt(step, around.before('epoch', step), around.facts.stepsPerEpoch);
    if (epoch > state.epoch && state.recent.length === BESIDE && sigma > 0) {
      const before = state.recent.reduce((a, b) => a + b) / BESIDE;
      Object.assign(state, { before, sigma, boundary: step, after: 0, sum: 0 });
    }
    if (epoch > state.epoch) state.epoch = epoch;
    if (state.recent.length === BESIDE) state.recent.shift();
    state.recent.push(value);
    if (state.after < 0) return;
    state.sum += value;
    if (++state.after < BESIDE) return;
    const after = state.sum / BESIDE;
    const fall = state.before - after;
    const error = state.sigma * Math.sqrt(2 / BESIDE);
    state.after = -1;
    if (fall < Math.max(ERRORS * error, LEAST_FALL * Math.abs(state.before))) return;
    state.falls++;
    state.lastFall = fall;
    if (state.falls < PASSES || state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'info',
      step: state.boundary,
      text: `At the start of pass ${state.epoch + 1} (step ${formatStep(state.boundary)}) the training loss fell at once from ${formatLoss(state.before)} to ${formatLoss(after)}; ${state.falls} passes began so.`,
      numbers: { before: state.before, after, fall, pass: state.epoch + 1, passes: state.falls },
      steps: [state.boundary],
    });
  },
  restarted: (state) => {
    Object.assign(state, { recent: [], after: -1, epoch: 0, falls: 0 });
  },
});

/** Full passes over the data before `step`, by the log or by the configuration. */
function epochAt(step: number, logged: number, stepsPerEpoch: number | null): number {
  if (Number.isFinite(logged)) return Math.floor(logged + 1e-6);
  return stepsPerEpoch === null ? 0 : Math.floor((step - 1) / stepsPerEpoch);
}
