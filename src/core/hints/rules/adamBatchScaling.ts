import { formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Settings of Adam that follow the same path with κ times the batch. */
export function scaledAdam(
  { lr, beta1, beta2, epsilon }: { lr: number; beta1: number; beta2: number; epsilon: number },
  kappa: number,
): { lr: number; beta1: number; beta2: number; epsilon: number } {
  return {
    lr: lr * Math.sqrt(kappa),
    beta1: 1 - kappa * (1 - beta1),
    beta2: 1 - kappa * (1 - beta2),
    epsilon: epsilon / Math.sqrt(kappa),
  };
}

export const adamBatchScaling = defineRule({
  id: 'adamBatchScaling',
  title: 'Adam after a change of batch',
  on: ['betas', 'beta1', 'beta2', 'epsilon', 'batchTokens', 'globalBatch'],
  needs: ['lr', 'beta1', 'beta2', 'batchTokens', 'runBatchTokens'],
  formula: 'η √κ, 1 − β1 → κ (1 − β1), 1 − β2 → κ (1 − β2), ε / √κ',
  validity: 'as long as κ (1 − β) stays well below 1',
  mark: 'recalled',
  cites: [PAPERS.adamSde],
  about:
    'Seen as a random process in time, Adam with another batch follows the same path when all four of its settings move together.',
  evaluate({
    lr,
    beta1,
    beta2,
    epsilon,
    batchTokens,
    runBatchTokens,
    runLr,
    runBeta1,
    runBeta2,
    runEpsilon,
    optimizer,
  }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const kappa = batchTokens / runBatchTokens;
    const from = {
      lr: runLr ?? lr,
      beta1: runBeta1 ?? beta1,
      beta2: runBeta2 ?? beta2,
      epsilon: runEpsilon ?? epsilon ?? 1e-8,
    };
    const to = scaledAdam(from, kappa);
    if (!(to.beta1 > 0) || !(to.beta2 > 0)) return null;
    return {
      verdict: 'note',
      summary: `for ${formatNumber(kappa)} × the batch: β1 ${formatNumber(to.beta1)}, β2 ${formatNumber(to.beta2)}, ε ${formatLr(to.epsilon)}`,
      rows: [
        ['learning rate', formatLr(to.lr)],
        ['β1, β2', `${formatNumber(to.beta1)}, ${formatNumber(to.beta2)}`],
        ['ε', formatLr(to.epsilon)],
      ],
    };
  },
});
