import { formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

export const weightDecayWidth = defineRule({
  id: 'weightDecayWidth',
  title: 'Weight decay after a change of width',
  on: ['weightDecay', 'width'],
  needs: ['weightDecay', 'width', 'runWidth', 'runWeightDecay'],
  formula: 'λ = λ_run · √(d / d_run) for matrices with η ∝ 1/d, 0 for vectors',
  validity: 'AdamW with the learning rate of matrices scaled by 1/d',
  mark: 'verified',
  cites: [PAPERS.robustLayerwise],
  about:
    'With the learning rate of matrices scaled by 1/d, the top singular values of layers match across widths when weight decay grows with the root of the width.',
  evaluate({ weightDecay, width, runWidth, runWeightDecay, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    if (!(runWeightDecay > 0)) return null;
    const value = runWeightDecay * Math.sqrt(width / runWidth);
    return {
      verdict: verdictOfRatio(weightDecay, value, 1.3, 4),
      summary: `${formatNumber(width / runWidth)} × the width of the followed run: weight decay ${formatLr(value)} for matrices`,
      rows: [
        ['width of the run', String(runWidth)],
        ['weight decay of the run', formatLr(runWeightDecay)],
        ['weight decay by the law', formatLr(value)],
      ],
      suggestion: { of: ['weightDecay'], value },
    };
  },
});
