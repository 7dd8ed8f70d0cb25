import { formatCompact, formatLoss, formatNumber } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Critical batch in tokens at a loss in nats. */
export function criticalBatchAt(loss: number): number {
  return constant('lossBatchScale') / loss ** (1 / constant('lossBatchExponent'));
}

/** Steps and tokens at another batch for the same loss, as factors: `(S/S_min − 1)(E/E_min − 1) = 1`. */
export function sameLossAt(
  batch: number,
  other: number,
  critical: number,
): { readonly steps: number; readonly tokens: number } {
  return {
    steps: (1 + critical / other) / (1 + critical / batch),
    tokens: (1 + other / critical) / (1 + batch / critical),
  };
}

export const criticalBatchLoss = defineRule({
  id: 'criticalBatchLoss',
  title: 'Critical batch at the present loss',
  on: ['batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation'],
  needs: ['batchTokens', 'loss'],
  formula: 'B_crit(L) = 2e8 / L^(1/0.21) tokens; S = S_min (1 + B_crit/B), E = E_min (1 + B/B_crit)',
  validity:
    'transformers on web text with the tokenizer of that paper; the constants belong to its setup and should be estimated anew for yours',
  mark: 'verified',
  cites: [PAPERS.kaplan, PAPERS.unraveling],
  about:
    'The critical batch grows as the loss falls. Above it more tokens, below it more steps are needed for the same loss.',
  evaluate({ batchTokens, loss, runBatchTokens }) {
    if (!(loss > 0)) return null;
    const critical = criticalBatchAt(loss);
    const rows: [string, string][] = [
      ['critical batch', `${formatCompact(critical)} tokens at a loss of ${formatLoss(loss)}`],
      ['yours', `${formatCompact(batchTokens)} tokens`],
    ];
    let change = '';
    if (runBatchTokens !== undefined) {
      const { steps, tokens } = sameLossAt(runBatchTokens, batchTokens, critical);
      const cost = `${formatNumber(steps)} × the steps, ${formatNumber(tokens)} × the tokens`;
      rows.push(['for the same loss as the run', cost]);
      change = `; ${cost} of the followed run for its loss`;
    }
    return {
      verdict: 'note',
      summary: `${formatCompact(critical)} tokens at a loss of ${formatLoss(loss)}${change}`,
      rows,
    };
  },
});
