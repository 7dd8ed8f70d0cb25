import { formatCompact, formatLr } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Learning rate and batch in tokens for a model of this size, trained on 20 tokens per parameter. */
function porianOptimum(parameters: number): { readonly lr: number; readonly batchTokens: number } {
  return {
    lr: constant('porianLrScale') * parameters ** constant('porianLrExponent'),
    batchTokens: constant('porianBatchScale') * parameters ** constant('porianBatchExponent'),
  };
}

export const porianLaw = defineRule({
  id: 'porianLaw',
  title: 'Law of size at 20 tokens per parameter',
  on: ['learningRate', 'batchTokens', 'globalBatch'],
  needs: ['lr', 'parameters'],
  formula: 'η = 3.7 N^−0.36, B = 0.7576 N^0.703 tokens',
  validity: '20 tokens per parameter, models up to 0.9B parameters, β2 = 0.99 for small batches',
  mark: 'verified',
  cites: [PAPERS.porian],
  about:
    'Tuned per size on compute-optimal runs; part of the explanation of the gap between two well-known scaling laws.',
  evaluate({ lr, parameters, tokens, batchTokens, optimizer, loraRank }) {
    if ((optimizer !== undefined && optimizer !== 'adam') || loraRank !== undefined) return null;
    const best = porianOptimum(parameters);
    const ratio = tokens === undefined ? undefined : tokens / parameters;
    const yours = batchTokens === undefined ? '' : `, yours ${formatCompact(batchTokens)}`;
    const fits = parameters <= 0.9e9 && (ratio === undefined || (ratio > 10 && ratio < 40));
    return {
      verdict: verdictOfRatio(lr, best.lr, 2, 5),
      summary: `${formatLr(best.lr)} for ${formatCompact(parameters)} parameters`,
      rows: [
        ['learning rate', formatLr(best.lr)],
        ['batch', `${formatCompact(best.batchTokens)} tokens${yours}`],
      ],
      suggestion: { of: ['learningRate'], value: best.lr },
      ...(fits ? {} : { outsideValidity: 'larger than 0.9B or far from 20 tokens per parameter' }),
    };
  },
});
