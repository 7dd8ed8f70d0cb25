import { formatLr, formatPercent } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Tokens per parameter from which the paper finds decay to zero better. */
const LONG = 20;

export const decayToZero = defineRule({
  id: 'decayToZero',
  title: 'How low the learning rate ends',
  on: ['finalLr', 'finalLrRatio'],
  needs: ['finalLr', 'lr'],
  formula: 'η_final = 0 beats 0.1 η at 20 tokens per parameter and more',
  validity: 'linear decay, AdamW, 20 tokens per parameter and more',
  mark: 'abstract',
  cites: [PAPERS.decayToZero],
  about: 'Decay to a tenth of the peak is custom; from 20 tokens per parameter on linear decay to zero ends lower.',
  evaluate({ finalLr, lr, tokens, parameters }) {
    const share = finalLr / lr;
    const ratio = tokens === undefined || parameters === undefined ? undefined : tokens / parameters;
    if (!(share >= 0 && share < 1)) return null;
    const applies = share > 0.02 && ratio !== undefined && ratio >= LONG;
    return {
      verdict: applies ? 'near' : 'note',
      summary: applies
        ? `ends at ${formatPercent(share)} of the peak; at ${formatLr(ratio)} tokens per parameter zero ends lower`
        : `ends at ${formatPercent(share)} of the peak`,
      rows: [
        ['share of the peak', formatPercent(share)],
        ['tokens per parameter', ratio === undefined ? 'not known' : formatLr(ratio)],
      ],
      ...(applies ? { suggestion: { of: ['finalLr', 'finalLrRatio'], value: 0 } } : {}),
    };
  },
});
