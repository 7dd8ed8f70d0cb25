import { formatLoss, formatStep } from '../../report/numbers';
import { addToBlock, type Blocks, clipped, newBlocks } from '../blocks';
import { detector, type Finding } from '../detector';

/** Each block is longer than the one before, so that a power law falls by nearly the same amount in each. */
const GROWTH = 0.15;
const SHORTEST = 12;
/** Blocks whose falls say what the next one should be. */
const KEPT = 6;
/** The expected fall of a block is this share of the least one of those before. */
const FADING = 0.7;
/** A plateau is a fall over two blocks within so many errors of zero where at least so many were expected. */
const NONE = 1.5;
const EXPECTED = 7;
/** ... and where the expected fall is at least this share of the loss. */
const LEAST_FALL = 0.004;
/** Below this share of the highest learning rate the end of the run is near: a level loss is right. */
const ANNEALED = 0.1;
const CLIP = 4;

interface State {
  blocks: Blocks;
  seen: number;
  means: { mean: number; error: number; step: number }[];
  highestRate: number;
  handle: number;
  step: number;
}

export const plateau = detector<State>({
  id: 'plateau',
  title: 'Plateau',
  meaning:
    'The loss no longer falls although the learning rate is still high and the falls of the time before say that it should. The rest of the budget at this learning rate buys little.',
  advice:
    'Begin the decay of the learning rate: most of what is left to gain comes with it. A plateau very early is often a learning rate that is too high, a wrong loss mask or a frozen part of the model.',
  source: {
    authors: 'Tissue, Wang & Wang',
    year: 2024,
    title: 'Scaling Law with Learning Rate Annealing',
    id: '2408.11029',
    where: 'equation 1: the fall at a constant rate slows down, annealing adds its own',
  },
  concerns: ['learningRate', 'schedule'],
  listens: /^train_loss$/,
  baseline: 'linear',
  start: () => ({ blocks: newBlocks(SHORTEST), seen: 0, means: [], highestRate: 0, handle: -1, step: 0 }),
  point: (state, { step, value, level, sigma }, around) => {
    if (!Number.isFinite(value) || sigma === 0) return;
    state.seen++;
    const block = addToBlock(state.blocks, clipped(value, level, CLIP * sigma), sigma);
    if (block === undefined) return;
    state.blocks.size = Math.max(SHORTEST, Math.round(GROWTH * state.seen));
    if (state.means.length > KEPT) state.means.shift();
    state.means.push({ mean: block.mean, error: block.error, step });
    const rate = around.before('learning_rate', step);
    if (rate > state.highestRate) state.highestRate = rate;
    if (rate < ANNEALED * state.highestRate) return;
    const finding = judge(state);
    if (finding !== undefined && state.handle < 0) {
      state.step = finding.step;
      state.handle = around.raise(finding);
    } else if (state.handle >= 0 && hasFallenAgain(state)) {
      const text = `The loss had stopped falling at step ${formatStep(state.step)} and falls again since step ${formatStep(step)}.`;
      around.change(state.handle, {
        severity: 'info',
        step: state.step,
        until: step,
        text,
        numbers: { level: block.mean },
        steps: [state.step, step],
      });
      state.handle = -1;
    }
  },
  restarted: (state) => {
    Object.assign(state, { blocks: newBlocks(SHORTEST), seen: 0, means: [], handle: -1 });
  },
});

function judge({ means }: State): Finding | undefined {
  if (means.length <= KEPT) return undefined;
  const [before, , now] = means.slice(-3);
  const falls = means.slice(1, -2).map(({ mean }, i) => means[i]!.mean - mean);
  const usual = Math.min(...falls);
  const expected = 2 * FADING * usual;
  const error = Math.hypot(before!.error, now!.error);
  const fall = before!.mean - now!.mean;
  if (fall > NONE * error || expected < EXPECTED * error || expected < LEAST_FALL * Math.abs(now!.mean))
    return undefined;
  return {
    severity: 'info',
    step: before!.step,
    text: `Between steps ${formatStep(before!.step)} and ${formatStep(now!.step)} the mean loss went from ${formatLoss(before!.mean)} to ${formatLoss(now!.mean)}; the blocks before let expect a fall of ${formatLoss(expected, 2)}.`,
    numbers: { fall, expected, error },
    steps: [before!.step, now!.step],
  };
}

function hasFallenAgain({ means }: State): boolean {
  const [before, now] = means.slice(-2);
  return before!.mean - now!.mean > 4 * Math.hypot(before!.error, now!.error);
}
