import { formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';
import { type Early, leaves, newEarly } from '../early';

/** Share of the early entropy below which attention has collapsed. */
const COLLAPSED = 0.1;
const PATIENCE = 10;

export const attentionEntropy = detector<Early>({
  id: 'attentionEntropy',
  title: 'Attention entropy collapses',
  meaning:
    'The entropy of the attention has fallen to a tenth of its early value: heads look at single tokens. Training becomes unstable in this state; the spectral norm of the attention weights grows with it.',
  advice:
    'Reparametrise or normalise the attention weights (sigma-reparam, qk-norm), lengthen the warm-up, or lower the learning rate.',
  source: {
    authors: 'Zhai et al.',
    year: 2023,
    title: 'Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
    id: '2303.06296',
    where: 'bound on the entropy by the spectral norm',
  },
  concerns: ['learningRate', 'warmupSteps'],
  listens: /(attn|attention)([_./-](layer)?\d+)?[_./-]entropy|entropy[_./-](attn|attention)/i,
  start: newEarly,
  point: (state, reading, around) => {
    const { series, step, value } = reading;
    if (!leaves(state, reading, (level) => level > 0 && value < COLLAPSED * level, PATIENCE) || state.handle >= 0)
      return;
    state.handle = around.raise({
      severity: 'warning',
      step: state.since,
      text: `${series} began at ${formatNumber(state.level)} and is ${formatNumber(value)} at step ${formatStep(step)}.`,
      numbers: { early: state.level, value },
      steps: [state.since, step],
    });
  },
});
