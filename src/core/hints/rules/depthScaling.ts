import { formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const depthScaling = defineRule({
  id: 'depthScaling',
  title: 'Learning rate after a change of depth',
  on: ['depth'],
  needs: ['lr', 'depth', 'runDepth'],
  formula:
    'residual branches × 1/√L with Adam learning rate × 1/√L; or branches × 1/L with the learning rate unchanged',
  validity: 'residual networks under muP',
  mark: 'recalled',
  cites: [PAPERS.depthTransfer, PAPERS.completeP],
  about:
    'Two parametrisations make the best learning rate independent of depth: branches scaled by the root of the depth with the learning rate along, or branches scaled by the depth.',
  evaluate({ lr, depth, runDepth, runLr, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const from = runLr ?? lr;
    const value = from * Math.sqrt(runDepth / depth);
    return {
      verdict: 'note',
      summary: `${formatNumber(depth / runDepth)} × the depth: ${formatLr(value)} with branches scaled by 1/√L, unchanged with 1/L`,
      rows: [
        ['branches × 1/√L', `learning rate ${formatLr(value)}`],
        ['branches × 1/L', `learning rate ${formatLr(from)}`],
      ],
    };
  },
});
