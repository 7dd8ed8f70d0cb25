import { formatLr, formatNumber, formatStep } from '../../report/numbers';
import { detector } from '../detector';

/** Gradient descent is stable up to a sharpness of 2 / rate; Adam, on its preconditioned Hessian, up to 38 / rate at beta1 = 0.9. */
const EDGE = 2;
const ADAM_EDGE = 38;
/** Beyond the edge by this factor, for so many values: at the edge itself training hovers. */
const BEYOND = 1.5;
const PATIENCE = 5;

interface State {
  high: number;
  since: number;
  handle: number;
}

export const sharpness = detector<State>({
  id: 'sharpness',
  title: 'Sharpness beyond the edge of stability',
  meaning:
    'The logged sharpness (greatest eigenvalue of the Hessian) is well beyond what the learning rate can follow. Around the edge training hovers and still improves; well beyond it the loss rises.',
  advice: 'Lower the learning rate or lengthen the warm-up, during which the sharpness falls by itself.',
  source: {
    authors: 'Cohen et al.',
    year: 2022,
    title: 'Adaptive Gradient Methods at the Edge of Stability',
    id: '2207.14484',
    where: 'thresholds 2 / rate and 38 / rate (constants as recalled)',
  },
  concerns: ['learningRate', 'warmupSteps'],
  listens:
    /(^|[^a-z])(precond(itioned)?[_./-])?(sharpness|lambda[_./-]?max|(max|top)[_./-]?(hessian[_./-]?)?eig(env|envalue)?|hessian[_./-](max|top|norm))($|[^a-z])/i,
  start: () => ({ high: 0, since: 0, handle: -1 }),
  point: (state, { series, step, value }, around) => {
    const rate = around.before('learning_rate', step);
    if (!(rate > 0) || !Number.isFinite(value)) return;
    const edge = (/precond/i.test(series) ? ADAM_EDGE : EDGE) / rate;
    const isHigh = value > BEYOND * edge;
    if (isHigh && state.high === 0) state.since = step;
    state.high = isHigh ? state.high + 1 : 0;
    if (state.high !== PATIENCE || state.handle >= 0) return;
    state.handle = around.raise({
      severity: 'warning',
      step: state.since,
      text: `${series} is ${formatNumber(value)} at step ${formatStep(step)}; at a learning rate of ${formatLr(rate)} the edge of stability is ${formatNumber(edge)}.`,
      numbers: { sharpness: value, edge, rate },
      steps: [state.since, step],
    });
  },
});
