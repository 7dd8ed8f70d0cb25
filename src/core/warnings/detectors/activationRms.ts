import { formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';
import { type Early, leaves, newEarly } from '../early';

/** Growth over the early level that healthy activations do not reach. */
const GROWTH = 20;
const PATIENCE = 10;

export const activationRms = detector<Early>({
  id: 'activationRms',
  title: 'Activations grow',
  meaning:
    'The root mean square or norm of the activations has grown to many times its early value. Residual streams that grow without bound precede spikes and overflow in 16-bit and 8-bit formats.',
  advice:
    'Look at which layer grows first; normalise its output, scale residual branches down, or lower the learning rate.',
  source: {
    authors: 'Takase et al.',
    year: 2023,
    title: 'Spike No More: Stabilizing the Pre-training of Large Language Models',
    id: '2312.16903',
    where: 'growth of residual norms',
  },
  concerns: ['learningRate', 'precision', 'weightDecay'],
  listens:
    /(act|activations?|hidden|residual|resid)([_./-](states?|stream|out|output|layer\d*|\d+))?[_./-](rms|norm)|rms[_./-](act|activations?|hidden|residual)/i,
  start: newEarly,
  point: (state, reading, around) => {
    const { series, step, value } = reading;
    if (!leaves(state, reading, (level) => value > GROWTH * Math.abs(level), PATIENCE) || state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'warning',
      step: state.since,
      text: `${series} began at ${formatNumber(state.level)} and is ${formatNumber(value)} at step ${formatStep(step)}, ${(value / state.level).toFixed(0)} times as much.`,
      numbers: { early: state.level, value, ratio: value / state.level },
      steps: [state.since, step],
    });
  },
});
