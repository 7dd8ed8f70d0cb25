import { formatCompact, formatLr } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Compute of a run in FLOPs without the embeddings: 6 N D. */
const computeOf = (parameters: number, tokens: number): number => 6 * parameters * tokens;

/** Learning rate and batch in tokens for a compute budget. */
function deepseekOptimum(compute: number): { readonly lr: number; readonly batchTokens: number } {
  return {
    lr: constant('deepseekLrScale') * compute ** constant('deepseekLrExponent'),
    batchTokens: constant('deepseekBatchScale') * compute ** constant('deepseekBatchExponent'),
  };
}

export const deepseekLaw = defineRule({
  id: 'deepseekLaw',
  title: 'DeepSeek law of compute',
  on: ['learningRate', 'batchTokens', 'globalBatch'],
  needs: ['lr', 'parameters', 'tokens'],
  formula: 'η = 0.3118 C^−0.1250, B = 0.2920 C^0.3271 tokens, C = 6 N D without embeddings',
  validity: '1e17 to 2e19 FLOPs, multi-step schedule, close to compute-optimal',
  mark: 'verified',
  cites: [PAPERS.deepseek],
  about:
    'One optimum of learning rate and batch for each compute budget, measured near the compute-optimal split of model and data.',
  evaluate({ lr, parameters, tokens, batchTokens, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const compute = computeOf(parameters, tokens);
    const best = deepseekOptimum(compute);
    const yours = batchTokens === undefined ? '' : `, yours ${formatCompact(batchTokens)}`;
    return {
      verdict: verdictOfRatio(lr, best.lr, 2, 5),
      summary: `${formatLr(best.lr)} at ${formatLr(compute)} FLOPs`,
      rows: [
        ['learning rate', formatLr(best.lr)],
        ['batch', `${formatCompact(best.batchTokens)} tokens${yours}`],
      ],
      suggestion: { of: ['learningRate'], value: best.lr },
      ...(compute >= 1e17 && compute <= 2e19 ? {} : { outsideValidity: 'compute outside the range of the fit' }),
    };
  },
});
