import { formatNumber } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Factor in soft and hard rank for `ratio` times the feed-forward width, with their 95 % intervals where published. */
export function rankGain(
  ratio: number,
  isMuon: boolean,
): { readonly soft: readonly number[]; readonly hard: readonly number[] } {
  const powers = (...exponents: number[]): number[] => exponents.map((exponent) => ratio ** exponent);
  return isMuon
    ? { soft: powers(constant('ffnSoftMuon')), hard: powers(constant('ffnHardMuon')) }
    : {
        soft: powers(constant('ffnSoftAdam'), constant('ffnSoftAdamLow'), constant('ffnSoftAdamHigh')),
        hard: powers(constant('ffnHardAdam'), constant('ffnHardAdamLow'), constant('ffnHardAdamHigh')),
      };
}

export const ffnWidth = defineRule({
  id: 'ffnWidth',
  title: 'What a wider feed-forward layer gains',
  on: ['ffnWidth'],
  needs: ['ffnWidth', 'width'],
  formula: 'hard rank ∝ d_ff^0.29, soft rank ∝ d_ff^0.66 under AdamW; 0.82 and 0.96 under Muon',
  validity:
    'GPT-2 of 160M parameters, d_ff 768 to 6144; the AdamW interval of the hard rank contains no gain at all; training longer lowers it',
  mark: 'verified',
  cites: [PAPERS.spectralDynamics, PAPERS.spectralScaling],
  about:
    'Widening the feed-forward layer adds directions of low energy first: the soft rank follows the width, the hard rank much less, and under AdamW its exponent is hardly known.',
  evaluate({ ffnWidth: inner, width, runFfnWidth, optimizer }) {
    const isMuon = optimizer === 'muon';
    const ratio = runFfnWidth === undefined ? 2 : inner / runFfnWidth;
    const { soft, hard } = rankGain(ratio, isMuon);
    const show = ([value, low, high]: readonly number[]): string =>
      `× ${formatNumber(value!, 3)}${low === undefined ? ' (no interval published)' : ` (95 %: ${formatNumber(Math.min(low, high!), 3)} to ${formatNumber(Math.max(low, high!), 3)})`}`;
    const change = runFfnWidth === undefined ? 'doubling it' : `${formatNumber(ratio)} × the width of the run`;
    return {
      verdict: 'note',
      summary: `${formatNumber(inner / width)} × the model's width; ${change} gives ${show(hard)} hard rank`,
      rows: [
        ['hard rank', show(hard)],
        ['soft rank', show(soft)],
      ],
    };
  },
});
