import { formatCompact, formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Top singular values at learning rate `lr` and weight decay `decay` over those at `runLr` and `runDecay`, in the steady state. */
function singularValueRatio(lr: number, decay: number, runLr: number, runDecay: number): number {
  return Math.sqrt(lr / decay / (runLr / runDecay));
}

/** Changes that measured spectra do not tell from none. */
const LEAST = 0.01;

export const weightSpectrum = defineRule({
  id: 'weightSpectrum',
  title: 'Singular values after a change of rate or decay',
  on: ['learningRate', 'weightDecay'],
  needs: ['lr', 'weightDecay'],
  formula: 'σ₁ / σ₁(run) = √((η/λ) / (η_run/λ_run)); reached within about 2 / (η λ) steps',
  validity: 'matrices under AdamW whose decay is multiplied by the learning rate, in the steady state',
  mark: 'verified',
  cites: [PAPERS.robustLayerwise],
  about:
    'Under AdamW the spectrum of a matrix keeps its shape and scales with the root of learning rate over weight decay. A changed rate or decay moves all singular values by the same factor, after the weights have averaged over their timescale.',
  evaluate({ lr, weightDecay, runLr = lr, runWeightDecay, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const runDecay = runWeightDecay ?? weightDecay;
    if (!(lr > 0 && weightDecay > 0 && runLr > 0 && runDecay > 0)) return null;
    const ratio = singularValueRatio(lr, weightDecay, runLr, runDecay);
    if (Math.abs(Math.log(ratio)) < LEAST) return null;
    const rows: [string, string][] = [
      ['η / λ of the run', formatNumber(runLr / runDecay)],
      ['η / λ here', formatNumber(lr / weightDecay)],
      ['reached within about', `${formatCompact(2 / (lr * weightDecay))} steps`],
    ];
    if (runWeightDecay === undefined)
      rows.push(['weight decay of the run', `not logged; ${formatLr(weightDecay)} assumed`]);
    return {
      verdict: 'note',
      summary: `top singular values settle at ${formatNumber(ratio)} × those of the followed run`,
      rows,
    };
  },
});
