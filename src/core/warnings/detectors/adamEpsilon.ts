import { formatLr, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** The root mean square of the gradient must stay above so many epsilon. */
const MARGIN = 10;
const PATIENCE = 20;

interface State {
  low: number;
  since: number;
  handle: number;
}

export const adamEpsilon = detector<State>({
  id: 'adamEpsilon',
  title: 'Gradients near the epsilon of Adam',
  meaning:
    "The root mean square of the gradient has come close to Adam's epsilon. Updates are then no longer normalised but shrink with the gradient: large models stop learning without any sign of instability.",
  advice: 'Lower epsilon, for example to 1e-15, which is safe in 32-bit optimizer states.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3, gradients and epsilon at scale',
  },
  concerns: ['epsilon'],
  listens: /^grad_norm$/,
  start: () => ({ low: 0, since: 0, handle: -1 }),
  point: (state, { step, value }, around) => {
    const { epsilon, parameters } = around.facts;
    if (epsilon === null || parameters === null || !(value > 0)) return;
    const rms = value / Math.sqrt(parameters);
    const isLow = rms < MARGIN * epsilon;
    if (isLow && state.low === 0) state.since = step;
    state.low = isLow ? state.low + 1 : 0;
    if (state.low < PATIENCE || state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'warning',
      step: state.since,
      text: `The gradient norm of ${formatLr(value)} over ${formatStep(parameters)} parameters is a root mean square of ${formatLr(rms)}, ${(rms / epsilon).toFixed(1)} times epsilon = ${formatLr(epsilon)}, since step ${formatStep(state.since)}.`,
      numbers: { norm: value, rms, epsilon, parameters },
      steps: [state.since, step],
    });
  },
});
