import { formatCompact, formatPercent } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const noiseScale = defineRule({
  id: 'noiseScale',
  title: 'Gradient noise scale',
  on: ['batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation'],
  needs: ['batchTokens', 'noiseScale'],
  formula:
    'B_simple = tr Σ / |G|², with |G|² = (B_b g_b − B_s g_s) / (B_b − B_s), tr Σ = (g_s − g_b) / (1/B_s − 1/B_b)',
  validity: 'both terms averaged before the ratio; no number where |G|² is not positive',
  mark: 'recalled',
  cites: [PAPERS.noiseScale, PAPERS.adaptiveBatch],
  about:
    'The batch at which noise and signal of the gradient are equal. Below it a larger batch saves steps almost in proportion, above it hardly.',
  evaluate({ batchTokens, noiseScale }) {
    if (!(noiseScale > 0)) return null;
    const share = batchTokens / noiseScale;
    return {
      verdict: share > 3 ? 'near' : 'inside',
      summary: `the run logs ${formatCompact(noiseScale)} tokens; your batch is ${formatPercent(share)} of it`,
      rows: [
        ['noise scale', `${formatCompact(noiseScale)} tokens`],
        ['batch', `${formatCompact(batchTokens)} tokens`],
      ],
    };
  },
});
