import { formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';
import { type Early, leaves, newEarly } from '../early';

/** Distance from the early level that logits of a healthy run do not reach. */
const DISTANCE = 30;
const PATIENCE = 10;

export const outputLogits = detector<Early>({
  id: 'outputLogits',
  title: 'Output logits drift',
  meaning:
    'The logits of the output layer, or log Z, have moved far from their early level. The softmax does not see a common shift, so nothing holds them: in low precision they lose digits, and the loss diverges late in the run.',
  advice: 'Add a z-loss of 1e-4 · (log Z)², or weight decay on the output layer.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3, divergence of output logits',
  },
  concerns: ['zLoss', 'weightDecay', 'learningRate'],
  listens:
    /(^|[^a-z])(log[_./-]?z|logsumexp|(output|final|lm[_./-]?head)[_./-]?logits?)($|[^a-z])|(^|\/)logits?[_./-](mean|max|min)$/i,
  start: newEarly,
  point: (state, reading, around) => {
    const { series, step, value } = reading;
    if (!leaves(state, reading, (level) => Math.abs(value - level) > DISTANCE, PATIENCE)) return;
    if (state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'warning',
      step: state.since,
      text: `${series} began at ${formatNumber(state.level)} and is ${formatNumber(value)} at step ${formatStep(step)}, away from it since step ${formatStep(state.since)}.`,
      numbers: { early: state.level, value },
      steps: [state.since, step],
    });
  },
});
