import { formatLoss, formatStep } from '../../report/numbers';
import { detector, type Finding, type Reading } from '../detector';

/** Values over which the lowest level is averaged. */
const SLOW = 16;
/** Values before there is a level to diverge from. */
const YOUNG = 24;
/** The loss has diverged when it stays above its lowest level by a fifth, by so many sigma and by a tenth of its fall. */
const RISE = 0.2;
const SIGMAS = 8;
const FALL_SHARE = 0.1;
/** Values that must lie above; one below takes two back. */
const PATIENCE = 12;
/** A learning rate so much higher than at the lowest level explains a higher loss. */
const REWARMED = 1.5;

interface State {
  count: number;
  /** First level and the present slow mean. */
  start: number;
  slow: number;
  best: number;
  bestStep: number;
  sigma: number;
  rate: number;
  above: number;
  since: number;
  handle: number;
  over: number;
}

export const divergence = detector<State>({
  id: 'divergence',
  title: 'The run has diverged',
  meaning:
    'The loss has stayed far above its lowest level although the learning rate was not raised. A run seldom comes back from there by itself.',
  advice:
    'Stop it. Go back to a checkpoint before the rise with a lower learning rate, a longer warm-up or tighter clipping; add qk-norm or a z-loss if attention or output logits grew before.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3',
  },
  concerns: ['learningRate', 'warmupSteps', 'gradClip'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({
    count: 0,
    start: 0,
    slow: 0,
    best: 0,
    bestStep: 0,
    sigma: 0,
    rate: 0,
    above: 0,
    since: 0,
    handle: -1,
    over: 0,
  }),
  point: (state, reading, around) => {
    const { step, value, sigma } = reading;
    if (!Number.isFinite(value)) return;
    state.count++;
    if (state.count === 1) Object.assign(state, { start: value, slow: value, best: value, bestStep: step });
    state.slow += (value - state.slow) / Math.min(SLOW, state.count);
    if (state.slow < state.best) {
      const rate = around.before('learning_rate', step);
      Object.assign(state, { best: state.slow, bestStep: step, sigma, rate: Number.isNaN(rate) ? 0 : rate });
    }
    if (state.count < YOUNG) return;
    const limit = limitOf(state);
    const isAbove = value > limit && !isRewarmed(state, around.before('learning_rate', step));
    if (isAbove && state.above === 0) state.since = step;
    state.above = Math.max(0, Math.min(PATIENCE, state.above + (isAbove ? 1 : -2)));
    if (state.handle < 0) {
      if (state.above === PATIENCE) {
        state.handle = around.raise(describe(state, reading));
        state.over = 0;
      }
    } else if (state.slow < (state.best + limit) / 2) {
      around.change(state.handle, { ...describe(state, reading), severity: 'warning', until: step });
      state.handle = -1;
    }
  },
  restarted: (state) => {
    Object.assign(state, { count: 0, above: 0, handle: -1 });
  },
});

function limitOf({ start, best, sigma }: State): number {
  return best + Math.max(RISE * Math.abs(best), SIGMAS * sigma, FALL_SHARE * (start - best));
}

function isRewarmed({ rate }: State, now: number): boolean {
  return rate > 0 && now > REWARMED * rate;
}

function describe(state: State, { value }: Reading): Finding {
  const { best, bestStep, since } = state;
  const rise = value / best - 1;
  return {
    severity: 'error',
    step: since,
    text: `The loss has stayed near ${formatLoss(state.slow)} since step ${formatStep(since)}; its lowest level was ${formatLoss(best)} at step ${formatStep(bestStep)}.`,
    numbers: { level: state.slow, lowest: best, rise },
    steps: [bestStep, since],
  };
}
