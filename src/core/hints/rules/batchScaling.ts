import { formatCompact, formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

/** Learning rate for κ times the batch: in proportion for SGD, with the root for optimizers that divide by the gradient's size. */
export function scaledLr(lr: number, kappa: number, isSgd: boolean): number {
  return lr * (isSgd ? kappa : Math.sqrt(kappa));
}

export const batchScaling = defineRule({
  id: 'batchScaling',
  title: 'Learning rate after a change of batch',
  on: ['learningRate', 'batchTokens', 'batchSize', 'globalBatch', 'microBatch', 'accumulation'],
  needs: ['lr', 'batchTokens', 'runBatchTokens'],
  formula: 'SGD: η = η_run · κ; Adam: η = η_run · √κ; κ = B / B_run',
  validity: 'SGD up to a limit (ResNet-50: 8192 images, with warmup); Adam below the critical batch',
  mark: 'abstract',
  cites: [PAPERS.squareRoot, PAPERS.largeMinibatch],
  about:
    'A larger batch has less noise and carries a larger learning rate: in proportion for SGD, with the square root for Adam.',
  evaluate({ lr, batchTokens, runBatchTokens, runLr, optimizer }) {
    const kappa = batchTokens / runBatchTokens;
    const value = scaledLr(runLr ?? lr, kappa, optimizer === 'sgd');
    const unchanged = runLr === undefined ? '; only the batch was changed' : '';
    return {
      verdict: verdictOfRatio(lr, value, 1.2, 4),
      summary: `${formatNumber(kappa)} × the batch of the followed run: learning rate ${formatLr(value)}${unchanged}`,
      rows: [
        ['batch', `${formatCompact(runBatchTokens)} → ${formatCompact(batchTokens)} tokens`],
        [
          'learning rate',
          `${formatLr(runLr ?? lr)} → ${formatLr(value)} (${optimizer === 'sgd' ? 'linear' : 'square root'})`,
        ],
      ],
      suggestion: { of: ['learningRate'], value },
    };
  },
});
