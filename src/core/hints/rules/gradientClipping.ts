import { formatNumber, formatPercent } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Share of clipped steps from which the learning rate is lower than it reads. */
const OFTEN = 0.2;

export const gradientClipping = defineRule({
  id: 'gradientClipping',
  title: 'Gradient clipping',
  on: ['gradClip'],
  needs: ['gradClip'],
  formula: 'customary 1.0; clipped in more than 20 % of the steps: the effective learning rate is lower than written',
  validity: 'clipping of the norm over all parameters; the 20 % are a rule of thumb of this product',
  mark: 'derived',
  problemOn: 'gradClip',
  cites: [PAPERS.smallScaleProxies],
  about: 'Clipping is there for rare outliers. When it acts in most steps it has become a part of the learning rate.',
  evaluate({ gradClip, clippedShare, gradNorm }) {
    if (!(gradClip > 0))
      return {
        verdict: 'note',
        summary: 'no clipping: outliers of the gradient reach the weights',
        rows: [['customary', '1.0']],
      };
    const rows: [string, string][] = [['customary', '1.0']];
    if (gradNorm !== undefined) rows.push(['median gradient norm of the run', formatNumber(gradNorm, 3)]);
    if (clippedShare === undefined)
      return { verdict: 'note', summary: 'customary is 1.0; no gradient norm is logged', rows };
    rows.push(['steps that were clipped', formatPercent(clippedShare)]);
    const isOften = clippedShare > OFTEN;
    return {
      verdict: isOften ? 'outside' : 'inside',
      summary: `${formatPercent(clippedShare)} of the steps of the run were clipped${isOften ? ': the effective learning rate is lower than written' : ''}`,
      rows,
    };
  },
});
