import { formatCompact } from '../../report/numbers';
import { defineRule, verdictOfRatio } from '../rule';
import { bestBatch, STEP_LAW, stepLawDoubt } from '../stepLawFit';

export const stepLawBatch = defineRule({
  ...STEP_LAW,
  id: 'stepLawBatch',
  title: 'Step Law: batch',
  on: ['batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation'],
  needs: ['batchTokens', 'tokens'],
  formula: 'B = 0.58 D^0.571 tokens',
  evaluate({ batchTokens, tokens, parameters, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const { value, band } = bestBatch(tokens);
    return {
      verdict: verdictOfRatio(batchTokens, value, 3, 10),
      summary: `${formatCompact(value)} tokens per step for ${formatCompact(tokens)} tokens, yours ${formatCompact(batchTokens)}`,
      rows: [
        [
          'batch',
          `${formatCompact(value)} tokens (95 % of the fit: ${formatCompact(band[0])} to ${formatCompact(band[1])})`,
        ],
      ],
      ...stepLawDoubt(parameters ?? 3e8, tokens),
    };
  },
});
