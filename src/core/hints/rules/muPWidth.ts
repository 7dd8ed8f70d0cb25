import { formatLr, formatNumber } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule, verdictOfRatio } from '../rule';

export const muPWidth = defineRule({
  id: 'muPWidth',
  title: 'Learning rate after a change of width',
  on: ['width', 'learningRate'],
  needs: ['lr', 'width', 'runWidth'],
  formula:
    'm = d / d_run: hidden matrices η/m and init variance 1/m, output logits 1/m, attention 1/d_head, vectors and embeddings η',
  validity: 'Adam; without muP the best learning rate of the whole model falls about with 1/m',
  mark: 'verified',
  cites: [PAPERS.muTransfer],
  about:
    'Under the maximal update parametrisation the best learning rate stays put as the width grows, because that of the matrices is divided by the factor in width. Without it the whole learning rate has to follow.',
  evaluate({ lr, width, runWidth, runLr, isMuP, optimizer }) {
    if (optimizer !== undefined && optimizer !== 'adam') return null;
    const m = width / runWidth;
    const from = runLr ?? lr;
    const rows: [string, string][] = [
      ['width', `${runWidth} → ${width}`],
      ['learning rate of matrices by muP', formatLr(from / m)],
      ['of vectors and embeddings', formatLr(from)],
    ];
    if (isMuP === true) return { verdict: 'note', summary: 'muP is on: the learning rate carries over', rows };
    const value = from / m;
    return {
      verdict: verdictOfRatio(lr, value, 1.5, 8),
      summary: `${formatNumber(m)} × the width: without muP about ${formatLr(value)}`,
      rows,
      suggestion: { of: ['learningRate'], value },
    };
  },
});
