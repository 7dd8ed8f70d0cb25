import { formatNumber, formatPercent, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Clipping more than this share of the steps makes the threshold, not the schedule, set the size of the updates. */
const OFTEN = 0.5;
/** Memory of the share, in values, and values before it is judged. */
const MEMORY = 200;
const YOUNG = 400;
/** A norm that is logged after clipping is the threshold itself, rounded. */
const ROUNDING = 0.999;

interface State {
  count: number;
  share: number;
  handle: number;
}

export const clipping = detector<State>({
  id: 'clipping',
  title: 'Gradients are clipped most of the time',
  meaning:
    'The gradient norm is above the clipping threshold on most steps, after the warm-up too. Clipping then normalises every step, and the learning rate is in effect lower than the schedule says.',
  advice:
    'Raise the threshold above the usual norm, or lower the learning rate if the norms are that large because training is unstable.',
  source: {
    authors: 'Zhang, He, Sra & Jadbabaie',
    year: 2019,
    title: 'Why gradient clipping accelerates training: A theoretical justification for adaptivity',
    id: '1905.11881',
    where: 'clipped steps have the length of normalised ones',
  },
  concerns: ['gradClip', 'learningRate'],
  listens: /^grad_norm$/,
  start: () => ({ count: 0, share: 0, handle: -1 }),
  point: (state, { step, value }, around) => {
    const { clip, warmupSteps } = around.facts;
    if (clip === null || !Number.isFinite(value) || step <= 2 * (warmupSteps ?? 0)) return;
    state.count++;
    state.share += ((value >= ROUNDING * clip ? 1 : 0) - state.share) / Math.min(state.count, MEMORY);
    if (state.handle >= 0 || state.count < YOUNG || state.share < OFTEN) return;
    state.handle = around.raise({
      severity: 'info',
      step,
      text: `${formatPercent(state.share)} of the last ${MEMORY} gradient norms up to step ${formatStep(step)} are at or above the clipping threshold of ${formatNumber(clip)}.`,
      numbers: { share: state.share, clip, norm: value },
    });
  },
});
