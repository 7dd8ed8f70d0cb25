import { formatCompact, formatLr } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Exponent of the best learning rate in the tokens, at fixed batch, for a model of this size. */
export function horizonExponent(parameters: number | undefined): number {
  if (parameters === undefined) return constant('horizonExponent');
  if (parameters < 80e6) return constant('horizonExponent50M');
  if (parameters < 300e6) return constant('horizonExponent125M');
  return parameters > 1.9e9 ? constant('horizonExponent2700M') : constant('horizonExponent');
}

export const tokenHorizon = defineRule({
  id: 'tokenHorizon',
  title: 'Learning rate after a change of length',
  on: ['learningRate', 'totalSteps', 'totalTokens'],
  needs: ['lr', 'tokens', 'runTokens'],
  formula:
    'η = η_run · (D / D_run)^−0.32 at fixed batch and size; −0.70 at 50M, −0.65 at 125M, −0.42 at 2.7B parameters',
  validity: '50M to 2.7B parameters, batches of 0.5M tokens, cosine, up to 800B tokens',
  mark: 'verified',
  cites: [PAPERS.tokenHorizons],
  about:
    'At a fixed batch the best learning rate falls as runs get longer. A rule that grows with the tokens (Step Law) lets the batch grow along: the two do not contradict each other.',
  evaluate({ lr, tokens, runTokens, runLr, parameters }) {
    const from = runLr ?? lr;
    const exponent = horizonExponent(parameters);
    const value = from * (tokens / runTokens) ** exponent;
    return {
      verdict: verdictOfRatio(lr, value, 1.5, 5),
      summary: `at your fixed batch ${formatLr(value)} instead of ${formatLr(from)} for ${formatCompact(tokens)} tokens`,
      rows: [
        ['tokens', `${formatCompact(runTokens)} → ${formatCompact(tokens)}`],
        ['exponent', String(exponent)],
        ['learning rate by the law', formatLr(value)],
      ],
      suggestion: { of: ['learningRate'], value },
      ...(tokens > 800e9 ? { outsideValidity: 'more tokens than the law was measured to' } : {}),
    };
  },
});
