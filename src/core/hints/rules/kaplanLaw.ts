import { formatCompact, formatLr } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Learning rate for N parameters; falls with ln N. */
function kaplanLr(parameters: number): number {
  return constant('kaplanLrIntercept') + constant('kaplanLrSlope') * Math.log(parameters);
}

export const kaplanLaw = defineRule({
  id: 'kaplanLaw',
  title: 'Early rule of thumb by size',
  on: ['learningRate'],
  needs: ['lr', 'parameters'],
  formula: 'η = 0.003239 − 0.0001395 ln N',
  validity: 'below 10B parameters; breaks down above',
  mark: 'verified',
  cites: [PAPERS.kaplan],
  about: 'A rule of thumb of the first scaling laws; shown for the spread among rules.',
  evaluate({ lr, parameters, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const value = kaplanLr(parameters);
    if (!(value > 0)) return null;
    return {
      verdict: verdictOfRatio(lr, value, 2, 5),
      summary: `${formatLr(value)} for ${formatCompact(parameters)} parameters`,
      rows: [['learning rate', formatLr(value)]],
      suggestion: { of: ['learningRate'], value },
      ...(parameters < 1e10 ? {} : { outsideValidity: '10B parameters and more' }),
    };
  },
});
