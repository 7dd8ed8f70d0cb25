import { formatLr } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

export const weightDecayTransfer = defineRule({
  id: 'weightDecayTransfer',
  title: 'Weight decay after a change of batch or length',
  on: ['weightDecay', 'batchTokens', 'totalSteps', 'totalTokens'],
  needs: ['weightDecay', 'batchTokens', 'tokens', 'lr', 'runWeightDecay'],
  formula: 'λ = λ_run · (η_run / η) · (B / B_run) · (D_run / D)',
  validity: 'AdamW; keeps the timescale B / (η λ D) of the followed run',
  mark: 'verified',
  cites: [PAPERS.timescale],
  about:
    'The timescale that was right for a run stays right when batch, learning rate or length change: weight decay follows so that B/(ηλD) is kept. With η in proportion to √B this is the rule that nanochat uses.',
  evaluate({ weightDecay, batchTokens, tokens, lr, runLr, runBatchTokens, runTokens, runWeightDecay, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const changed = runLr !== undefined || runBatchTokens !== undefined || runTokens !== undefined;
    if (!changed || !(weightDecay > 0) || !(lr > 0)) return null;
    const value =
      runWeightDecay *
      ((runLr ?? lr) / lr) *
      (batchTokens / (runBatchTokens ?? batchTokens)) *
      ((runTokens ?? tokens) / tokens);
    return {
      verdict: verdictOfRatio(weightDecay, value, 1.5, 4),
      summary: `the timescale of the followed run asks for weight decay ${formatLr(value)} now`,
      rows: [
        ['weight decay of the run', formatLr(runWeightDecay)],
        ['weight decay that keeps its timescale', formatLr(value)],
      ],
      suggestion: { of: ['weightDecay'], value },
    };
  },
});
