import { formatCompact, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Half-life of a decay in steps: 13.5 for 0.95, 693 for 0.999. */
export function halfLife(beta: number): number {
  return Math.log(0.5) / Math.log(beta);
}

export const beta2Batch = defineRule({
  id: 'beta2Batch',
  title: 'Half-life of β2 in tokens',
  on: ['betas', 'beta2'],
  needs: ['beta2'],
  formula: 'β2 = β2_run^κ keeps the half-life ln ½ / ln β2 in tokens; κ = B / B_run',
  validity: 'Adam; small batches above all, where 0.95 is too low and 0.99 or more is better',
  mark: 'recalled',
  cites: [PAPERS.smallBatch, PAPERS.porian],
  about: 'The second moment averages over a time in tokens: with a smaller batch β2 has to be closer to 1.',
  evaluate({ beta2, batchTokens, runBatchTokens, runBeta2, optimizer }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || !(beta2 > 0 && beta2 < 1)) return null;
    const steps = halfLife(beta2);
    const tokens = batchTokens === undefined ? '' : `, ${formatCompact(steps * batchTokens)} tokens`;
    const rows: [string, string][] = [['half-life', `${formatNumber(steps, 3)} steps${tokens}`]];
    if (batchTokens === undefined || runBatchTokens === undefined) {
      return { verdict: 'note', summary: `half-life ${formatNumber(steps, 3)} steps${tokens}`, rows };
    }
    const value = (runBeta2 ?? beta2) ** (batchTokens / runBatchTokens);
    rows.push(['β2 that keeps the half-life of the run', formatNumber(value)]);
    return {
      verdict: verdictOfRatio(halfLife(beta2) * batchTokens, halfLife(runBeta2 ?? beta2) * runBatchTokens, 2, 10),
      summary: `${formatNumber(value)} keeps the half-life in tokens at the new batch`,
      rows,
      suggestion: { of: ['beta2'], value },
    };
  },
});
