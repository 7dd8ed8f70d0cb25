import { formatCompact } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Critical batch in tokens for D tokens: the largest whose step count lies within 20 % of linear scaling. */
export function criticalBatchOf(tokens: number): number {
  return (
    constant('criticalBatchSequence') *
    constant('criticalBatchScale') *
    (tokens / 1e6) ** constant('criticalBatchExponent')
  );
}

export const criticalBatch = defineRule({
  id: 'criticalBatch',
  title: 'Critical batch, 20 % definition',
  on: ['batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation'],
  needs: ['batchTokens', 'tokens'],
  formula: 'B* = 22.91 (D in millions)^0.47 sequences of 512 tokens',
  validity:
    '85M to 1.2B parameters, up to about 30B tokens of C4, Adam with a constant learning rate and weight averaging',
  mark: 'verified',
  cites: [PAPERS.criticalBatch],
  about:
    'The largest batch at which the number of steps is still within 20 % of linear scaling. D counts millions of tokens: only so do the three published fits agree.',
  evaluate({ batchTokens, tokens, loraRank }) {
    if (loraRank !== undefined) return null;
    const critical = criticalBatchOf(tokens);
    return {
      verdict: batchTokens <= critical ? 'inside' : batchTokens <= 3 * critical ? 'near' : 'outside',
      summary: `${formatCompact(critical)} tokens at ${formatCompact(tokens)} tokens of training, yours ${formatCompact(batchTokens)}`,
      rows: [['critical batch', `${formatCompact(critical)} tokens`]],
      ...(tokens <= 3e10 ? {} : { outsideValidity: 'more tokens than the law was measured to' }),
    };
  },
});
