import { formatPercent, formatStep } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Difference of horizon and steps that is taken for a mistake. */
const TOLERANCE = 0.05;

export const scheduleHorizon = defineRule({
  id: 'scheduleHorizon',
  title: 'Schedule and steps end together',
  on: ['horizonSteps', 'totalSteps'],
  needs: ['horizonSteps', 'steps'],
  formula: '|horizon − steps| ≤ 5 % of the steps',
  validity: 'schedules that fall to the end, such as cosine and linear',
  mark: 'derived',
  problemOn: 'horizonSteps',
  cites: [PAPERS.chinchilla, PAPERS.cooldown],
  about:
    'A cosine that is cut short loses about the gain of its decay; one that ends early trains on at the lowest learning rate.',
  evaluate({ horizonSteps, steps }) {
    const share = (steps - horizonSteps) / steps;
    const rows: [string, string][] = [
      ['steps of the run', formatStep(steps)],
      ['steps of the schedule', formatStep(horizonSteps)],
    ];
    if (Math.abs(share) <= TOLERANCE) return { verdict: 'inside', summary: 'schedule and run end together', rows };
    const summary =
      share < 0
        ? `the run ends ${formatPercent(-share)} before its schedule: the last part of the decay is lost`
        : `the schedule ends ${formatPercent(share)} before the run: the rest trains at the lowest learning rate`;
    return { verdict: 'outside', summary, rows, suggestion: { of: ['horizonSteps'], value: steps } };
  },
});
