import { formatLoss, formatPercent, formatStep } from '../../report/numbers';
import { addToBlock, type Block, type Blocks, clipped, newBlocks } from '../blocks';
import { detector, type Finding } from '../detector';

/** A block is long enough when the error of its mean is this share of the loss; between these many values. */
const WANTED_ERROR = 0.003;
const SHORTEST = 6;
const LONGEST = 64;
/** Blocks before the course is known. */
const YOUNG = 6;
/** A rise above the lowest block counts from this share of it, and from so many of its standard errors, on. */
const RISE = 0.012;
const ERRORS = 4.5;
/** Blocks in a row that must be higher. */
const PATIENCE = 2;
/** Values further from their level than this many sigma count as that. */
const CLIP = 4;
/** Spread between blocks adapts at this rate. */
const SPREAD_RATE = 0.1;
const NORMAL_PER_MAD = 1.4826;
/**
 * Blocks that differ by more than so many times what independent noise explains are too short: neighbouring values have
 * their noise in common, as in logs of running means. They grow, up to this share of the run.
 */
const CORRELATED = 2.5;
const STRETCH = 1.25;
const LONGEST_STRETCH = 8;
const LONGEST_SHARE = 0.04;
const REWARMED = 1.05;
/** The rise that counts as divergence, to say when it will be reached. */
const DIVERGED = 0.2;

interface State {
  blocks: Blocks;
  /** Factor on the length of the blocks, for noise that neighbouring values share. */
  stretch: number;
  seen: number;
  count: number;
  previous: number;
  /** Median of the change from block to block: what the noise of the data adds to that of the values. */
  spread: number;
  best: number;
  bestError: number;
  bestStep: number;
  rate: number;
  rewarmed: boolean;
  ups: number;
  since: number;
  handle: number;
}

export const divergenceAhead = detector<State>({
  id: 'divergenceAhead',
  title: 'The loss is rising',
  meaning:
    'Averaged over its noise the loss has been rising from block to block, above anything the spread of earlier blocks explains, while the learning rate was not raised. The law of the run says that it should fall: this is how slow divergences begin.',
  advice:
    'Look at the gradient norm and at logit sizes now. Lower the learning rate, or go back to a checkpoint before the rise; a later step of the plan does not help.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3, divergences that build up slowly',
  },
  concerns: ['learning_rate', 'weight_decay', 'z_loss'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({
    blocks: newBlocks(SHORTEST),
    stretch: 1,
    seen: 0,
    count: 0,
    previous: 0,
    spread: 0,
    best: 0,
    bestError: 0,
    bestStep: 0,
    rate: 0,
    rewarmed: false,
    ups: 0,
    since: 0,
    handle: -1,
  }),
  point: (state, { step, value, level, sigma }, around) => {
    if (!Number.isFinite(value) || sigma === 0) return;
    state.seen++;
    const block = addToBlock(state.blocks, clipped(value, level, CLIP * sigma), sigma);
    if (block === undefined) return;
    state.blocks.size = nextSize(state, block, sigma / Math.abs(level));
    const rate = around.before('learning_rate', step);
    const isRising = judge(state, block, { step, rate });
    if (isRising && state.handle < 0) {
      state.handle = around.raise(describe(state, block, { step, total: around.facts.totalSteps }));
    } else if (state.handle >= 0 && block.mean < state.best + 2 * state.bestError) {
      around.change(state.handle, over(state, block, step));
      state.handle = -1;
    }
  },
  restarted: (state) => {
    Object.assign(state, { blocks: newBlocks(SHORTEST), count: 0, ups: 0, handle: -1 });
  },
});

function nextSize(state: State, { error }: Block, relativeSigma: number): number {
  const ratio = (NORMAL_PER_MAD * state.spread) / (Math.SQRT2 * error);
  const factor = ratio > CORRELATED ? STRETCH : 1 / STRETCH;
  state.stretch = Math.max(1, Math.min(LONGEST_STRETCH, state.stretch * factor));
  const wanted = Math.min(LONGEST, Math.ceil((relativeSigma / WANTED_ERROR) ** 2));
  const longest = Math.max(SHORTEST, LONGEST_SHARE * state.seen);
  return Math.round(Math.min(longest, Math.max(SHORTEST, wanted) * state.stretch));
}

/** Takes a block; true when it and the one before lie above the lowest one by more than the spread explains. */
function judge(state: State, { mean, error }: Block, { step, rate }: { step: number; rate: number }): boolean {
  const change = Math.abs(mean - state.previous);
  const last = state.previous;
  state.previous = mean;
  state.count++;
  if (state.count > 1) state.spread = state.count === 2 ? change : follow(state.spread, change);
  const rewarmed = state.rate > 0 && rate > REWARMED * state.rate;
  if (state.count === 1 || mean < state.best || rewarmed || state.rewarmed) {
    // A block in which the rate rose mixes two levels: the next one is the first of the new.
    Object.assign(state, { best: mean, bestError: error, bestStep: step, ups: 0, rewarmed });
    state.rate = Number.isNaN(rate) ? 0 : rate;
    return false;
  }
  const noise = Math.max(Math.hypot(error, state.bestError), NORMAL_PER_MAD * state.spread);
  const isUp = mean - state.best > Math.max(RISE * Math.abs(state.best), ERRORS * noise);
  if (isUp && state.ups === 0) state.since = step;
  state.ups = isUp ? state.ups + 1 : 0;
  return state.count > YOUNG && state.ups >= PATIENCE && mean > last - error;
}

function follow(spread: number, change: number): number {
  return spread * (change > spread ? 1 + SPREAD_RATE : 1 / (1 + SPREAD_RATE));
}

function describe(state: State, { mean }: Block, { step, total }: { step: number; total: number | null }): Finding {
  const { best, bestStep, since } = state;
  const perStep = (mean - best) / Math.max(1, step - bestStep);
  const diverged = perStep > 0 ? step + (DIVERGED * Math.abs(best) - (mean - best)) / perStep : null;
  const soon = diverged !== null && diverged > step && (total === null || diverged < total);
  const when = soon
    ? ` At this rate it is ${formatPercent(DIVERGED)} higher at step ${formatStep(Math.round(diverged))}.`
    : '';
  return {
    severity: 'warning',
    step: since,
    text: `The mean loss was ${formatLoss(best)} around step ${formatStep(bestStep)} and is ${formatLoss(mean)} around step ${formatStep(step)}.${when}`,
    numbers: { lowest: best, level: mean, rise: mean / best - 1, perStep, divergedAt: soon ? diverged : null },
    steps: [bestStep, since, step],
  };
}

function over({ since }: State, { mean }: Block, step: number): Finding {
  return {
    severity: 'info',
    step: since,
    until: step,
    text: `The mean loss rose around step ${formatStep(since)} and was down at ${formatLoss(mean)} again by step ${formatStep(step)}.`,
    numbers: { level: mean },
    steps: [since, step],
  };
}
