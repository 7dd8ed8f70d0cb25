import { formatPercent, formatStep } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

export const cooldownLength = defineRule({
  id: 'cooldownLength',
  title: 'Length of the cooldown',
  on: ['decaySteps', 'decayRatio'],
  needs: ['cooldownSteps', 'steps'],
  formula: '20 % of the run as 1 − √((n − n0)/n_cool) matches cosine, 10 % nearly',
  validity: 'constant learning rate before the cooldown, models up to about 8B parameters',
  mark: 'verified',
  cites: [PAPERS.cooldown],
  about:
    'A constant learning rate with a cooldown over a fifth of the run matches a cosine of the same length, and one trunk serves runs of every length. The form 1 − √ beats a straight line.',
  evaluate({ cooldownSteps, steps, lr, weightDecay }) {
    const share = cooldownSteps / steps;
    const value = Math.round(constant('cooldownShare') * steps);
    const rows: [string, string][] = [
      ['share of the run', formatPercent(share)],
      ['20 % of the run', `${formatStep(value)} steps`],
    ];
    if (lr !== undefined && weightDecay !== undefined && lr * weightDecay > 0) {
      const average = 1 / (lr * weightDecay);
      const note = average > cooldownSteps ? ', longer than the cooldown: averaging goes on through it' : '';
      rows.push(['AdamW averages over', `${formatStep(Math.round(average))} steps${note}`]);
    }
    return {
      verdict: share < constant('shortCooldownShare') ? 'near' : 'inside',
      summary: `${formatPercent(share)} of the run; 20 % matches cosine`,
      rows,
      suggestion: { of: ['decaySteps'], value },
    };
  },
});
