import { formatCompact } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Best and critical batch in tokens for D tokens. */
export function batchOfTokens(tokens: number): { readonly best: number; readonly critical: number } {
  const sequence = constant('powerLinesSequence');
  return {
    best: sequence * constant('optimalBatchScale') * tokens ** constant('optimalBatchExponent'),
    critical: sequence * constant('limitBatchScale') * tokens ** constant('limitBatchExponent'),
  };
}

export const powerLinesBatch = defineRule({
  id: 'powerLinesBatch',
  title: 'Best and critical batch by tokens',
  on: ['batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation', 'totalTokens'],
  needs: ['batchTokens', 'tokens'],
  formula: 'B_opt = 0.0306 D^0.383, B_crit = 0.0471 D^0.462, in sequences of 2048 tokens',
  validity: '111M to 3.3B parameters, 20 to 1280 tokens per parameter; both grow with the tokens, not with the size',
  mark: 'recalled',
  cites: [PAPERS.powerLines],
  about:
    'At the critical batch the same loss costs about twice the tokens of a small batch. Both batches grow with the tokens of the run, hardly with the size of the model.',
  evaluate({ batchTokens, tokens, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const { best, critical } = batchOfTokens(tokens);
    const isPast = batchTokens > critical;
    return {
      verdict: isPast ? 'outside' : verdictOfRatio(batchTokens, best, 3, Number.POSITIVE_INFINITY),
      summary: isPast
        ? `above the critical batch of ${formatCompact(critical)} tokens: costs more than twice the tokens`
        : `best near ${formatCompact(best)} tokens, critical ${formatCompact(critical)}`,
      rows: [
        ['best batch', `${formatCompact(best)} tokens`],
        ['critical batch', `${formatCompact(critical)} tokens`],
        ['yours', `${formatCompact(batchTokens)} tokens`],
      ],
    };
  },
});
