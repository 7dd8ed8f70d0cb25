import { formatLr, formatPercent, formatStep } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** AdamW timescale as a share of the run, and the one that the law gives at D/N tokens per parameter. */
export function timescale(lr: number, weightDecay: number, steps: number): number {
  return 1 / (lr * weightDecay * steps);
}

/** Best timescale at `tokensPerParameter`: 0.224 at 20, 0.0197 at 2000. */
export function bestTimescale(tokensPerParameter: number): number {
  return constant('tauScale') * tokensPerParameter ** constant('tauExponent');
}

export const weightDecayTimescale = defineRule({
  id: 'weightDecayTimescale',
  title: 'Timescale of AdamW',
  on: ['weightDecay', 'learningRate', 'batchTokens', 'totalSteps'],
  needs: ['lr', 'weightDecay', 'batchTokens', 'tokens', 'parameters'],
  formula: 'τ = B / (η λ D), τ* = 1.084 (D/N)^−0.527, λ* = B / (η D τ*)',
  validity:
    'GPT-2-like models of 111M to 3.3B parameters, 20 to 1280 tokens per parameter, muP, linear decay to zero; weight decay multiplied by the learning rate as in PyTorch',
  mark: 'recalled',
  cites: [PAPERS.powerLines, PAPERS.timescale],
  about:
    'AdamW averages its updates over 1/(ηλ) steps. As a share τ of the run the best value falls with the tokens per parameter, so that the best weight decay grows in proportion to the batch as long as the batch is below the critical one.',
  evaluate({ lr, weightDecay, batchTokens, tokens, parameters, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    if (!(weightDecay > 0) || !(lr > 0)) return null;
    const ratio = tokens / parameters;
    const tau = timescale(lr, weightDecay, tokens / batchTokens);
    const best = bestTimescale(ratio);
    const value = batchTokens / (lr * tokens * best);
    const verdict = verdictOfRatio(tau, best, 2, 5);
    const tested = parameters >= 111e6 && parameters <= 3.3e9 && ratio >= 20 && ratio <= 1280;
    return {
      verdict,
      summary: `averages over ${formatPercent(tau)} of the run, the law says ${formatPercent(best)}: weight decay ${formatLr(value)}`,
      rows: [
        ['timescale', `${formatPercent(tau)} of the run, ${formatStep(Math.round(1 / (lr * weightDecay)))} steps`],
        ['best timescale', `${formatPercent(best)} at ${formatLr(ratio)} tokens per parameter`],
        ['weight decay by the law', formatLr(value)],
      ],
      suggestion: { of: ['weightDecay'], value },
      ...(tested ? {} : { outsideValidity: 'model or tokens per parameter outside the range of the fit' }),
    };
  },
});
