import { formatPercent, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Ends of the decay and of the run that differ by more than this share of the run do not belong together. */
const TOLERANCE = 0.05;
/** A decay over so early is counted in something else, or the number of steps is a mere upper bound. */
const ABSURD = -0.6;

interface State {
  checked: boolean;
}

export const cosineHorizon = detector<State>({
  id: 'cosineHorizon',
  title: 'Decay that does not end with the run',
  meaning:
    'The cosine or linear decay of the learning rate is configured to end at another step than the run. Cut short, the run loses what the end of the decay gives; too early, its last part trains at the least rate.',
  advice:
    'Set the length of the decay to the number of steps of the run. When the length is not known beforehand, a constant rate with a short decay at the end does as well.',
  source: {
    authors: 'Hägele et al.',
    year: 2024,
    title: 'Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations',
    id: '2405.18392',
    where: 'section 3, constant rate with cooldown against cosine',
  },
  concerns: ['schedule', 'totalSteps', 'learningRate'],
  listens: /^(learning_rate|train_loss)$/,
  joint: true,
  start: () => ({ checked: false }),
  point: (state, { step }, around) => {
    if (state.checked) return;
    state.checked = true;
    const { family, decayEnd, totalSteps } = around.facts;
    if ((family !== 'cosine' && family !== 'linear') || decayEnd === null || totalSteps === null) return;
    const gap = (decayEnd - totalSteps) / totalSteps;
    if (Math.abs(gap) <= TOLERANCE || gap < ABSURD) return;
    const ends = gap > 0 ? 'cut short' : 'over too early';
    around.raise({
      severity: 'warning',
      step,
      text: `The ${family} decay ends at step ${formatStep(decayEnd)}, the run at step ${formatStep(totalSteps)}: the decay is ${ends} by ${formatPercent(Math.abs(gap))} of the run.`,
      numbers: { decayEnd, totalSteps, gap },
    });
  },
});
