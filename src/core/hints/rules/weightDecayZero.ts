import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const weightDecayZero = defineRule({
  id: 'weightDecayZero',
  title: 'No weight decay and no z-loss',
  on: ['weightDecay', 'zLoss'],
  needs: ['weightDecay'],
  formula: 'λ = 0 and no z-loss: log Z drifts',
  validity: 'transformers trained with Adam at large learning rates',
  mark: 'verified',
  cites: [PAPERS.smallScaleProxies],
  about:
    'Without weight decay and without a z-loss the logits of the output drift, and runs at large learning rates diverge late. Either of the two prevents it.',
  evaluate({ weightDecay, zLoss, optimizer, loraRank }) {
    if (weightDecay > 0 || (zLoss ?? 0) > 0) return null;
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    return {
      verdict: 'note',
      summary: 'no weight decay and no z-loss found: output logits can drift until the run diverges late',
      rows: [['what people do', 'weight decay, or a z-loss of 1e-4']],
    };
  },
});
