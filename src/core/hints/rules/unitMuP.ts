import { formatLr } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Learning rate of a hidden matrix under u-muP. */
function unitMuPLr(lr: number, fanIn: number, depth: number): number {
  return (lr / Math.sqrt(fanIn)) * (1 / Math.sqrt(depth));
}

export const unitMuP = defineRule({
  id: 'unitMuP',
  title: 'Learning rates under u-muP',
  on: ['muP'],
  needs: ['lr', 'width', 'depth'],
  formula: 'hidden matrices η · fan_in^−1/2 · depth^−1/2; norms, biases and output η',
  validity: 'unit-scaled operations; weight decay independent of the learning rate by default',
  mark: 'verified',
  cites: [PAPERS.uMup],
  about:
    'u-muP joins muP with unit scaling: every tensor starts near a root mean square of 1, and the learning rate is swept alone, the other multipliers staying at 1.',
  evaluate({ lr, width, depth }) {
    const hidden = unitMuPLr(lr, width, depth);
    return {
      verdict: 'note',
      summary: `hidden matrices of width ${width} at depth ${depth}: ${formatLr(hidden)}`,
      rows: [
        ['hidden matrices', formatLr(hidden)],
        ['norms, biases, output', formatLr(lr)],
      ],
    };
  },
});
