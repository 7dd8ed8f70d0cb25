import { formatCompact, formatNumber, formatPercent } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Tokens of new data that `epochs` passes over `unique` tokens are worth. */
export function effectiveTokens(unique: number, epochs: number): number {
  const half = constant('repetitionHalf');
  return unique + unique * half * (1 - Math.exp(-(Math.max(epochs, 1) - 1) / half));
}

/** Epochs up to which repetition is nearly free, and from which it is useless. */
const FREE = 4;
const USELESS = 40;

export const repetition = defineRule({
  id: 'repetition',
  title: 'Passes over the same data',
  on: ['epochs'],
  needs: ['epochs'],
  formula: "D' = U + 15.39 U (1 − e^(−(epochs − 1)/15.39))",
  validity: 'pre-training of language models up to 9B parameters; fine-tuning follows other laws',
  mark: 'recalled',
  cites: [PAPERS.repetition],
  about:
    'Up to four passes over the data are nearly as good as new data, at sixteen a third is lost, at forty more passes give nothing.',
  evaluate({ epochs, tokens, loraRank }) {
    if (loraRank !== undefined || epochs < 1) return null;
    const share = effectiveTokens(1, epochs) / epochs;
    const rows: [string, string][] = [['worth of a token', formatPercent(share)]];
    if (tokens !== undefined) rows.push(['effective tokens', formatCompact(tokens * share)]);
    return {
      verdict: epochs <= FREE ? 'inside' : epochs < USELESS ? 'near' : 'outside',
      summary: `${formatNumber(epochs)} passes: a token is worth ${formatPercent(share)} of a new one`,
      rows,
    };
  },
});
