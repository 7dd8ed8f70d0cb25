import { formatNumber, formatPercent, formatStep } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Decay of the average for κ times the batch: 0.9999 becomes 0.9992 at κ = 8. */
export function scaledEma(decay: number, kappa: number): number {
  return decay ** kappa;
}

/** Share of the run beyond which an average is long. */
const LONG_SHARE = 0.2;

export const emaHorizon = defineRule({
  id: 'emaHorizon',
  title: 'Span of the weight average',
  on: ['emaDecay'],
  needs: ['emaDecay'],
  formula: 'span 1 / (1 − ρ) steps; ρ = ρ_run^κ after a change of batch by κ',
  validity:
    'together with the learning-rate rule of the optimizer; the bound of 20 % of the run is a rule of thumb of this product',
  mark: 'verified',
  cites: [PAPERS.ema],
  about:
    'The average looks back over 1/(1−ρ) steps. With κ times the batch the same look back in samples needs ρ to the power κ.',
  evaluate({ emaDecay, steps, batchTokens, runBatchTokens, runEmaDecay }) {
    if (!(emaDecay > 0 && emaDecay < 1)) return null;
    const span = 1 / (1 - emaDecay);
    const rows: [string, string][] = [['span', `${formatStep(Math.round(span))} steps`]];
    if (batchTokens !== undefined && runBatchTokens !== undefined && batchTokens !== runBatchTokens) {
      const value = scaledEma(runEmaDecay ?? emaDecay, batchTokens / runBatchTokens);
      rows.push(['at the new batch', formatNumber(value, 6)]);
      return {
        verdict: 'note',
        summary: `${formatNumber(value, 6)} keeps its span at the new batch`,
        rows,
        suggestion: { of: ['emaDecay'], value },
      };
    }
    const share = steps === undefined ? undefined : span / steps;
    if (share !== undefined) rows.push(['share of the run', formatPercent(share)]);
    const isLong = share !== undefined && share > LONG_SHARE;
    return {
      verdict: isLong ? 'near' : 'inside',
      summary: `looks back ${formatStep(Math.round(span))} steps${share === undefined ? '' : `, ${formatPercent(share)} of the run`}`,
      rows,
    };
  },
});
