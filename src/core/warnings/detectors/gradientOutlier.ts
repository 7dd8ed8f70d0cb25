import { formatLoss, formatStep } from '../../report/numbers';
import { detector } from '../detector';
import { heightOf, newTail, observeTail, type Tail } from '../tail';

/** A norm is an outlier when this run would show one such in so many values, and it is so many times the usual one. */
const RARITY = 200_000;
const LEAST_RATIO = 8;
/** From this many times the usual norm on it is more than a curiosity. */
const GRAVE_RATIO = 50;
const YOUNG = 48;
/** Outliers within so many values belong together. */
const APART = 500;

interface State {
  tail: Tail;
  handle: number;
  /** Values since the newest outlier. */
  age: number;
  step: number;
  count: number;
  ratio: number;
}

export const gradientOutlier = detector<State>({
  id: 'gradientOutlier',
  title: 'Gradient norm far outside its range',
  meaning:
    'The gradient norm is many times its recent level, more than its own tail explains. It often comes some steps before the loss shows anything.',
  advice:
    'A single outlier is cut by clipping. Repeated ones: clip by the running statistics of the norm instead of a constant, lower beta2, or look at the batches of those steps.',
  source: {
    authors: 'Kumar, Owen, Chowdhury & Güra',
    year: 2025,
    title: 'ZClip: Adaptive Spike Mitigation for LLM Pre-Training',
    id: '2504.02507',
    where: 'z-score of the gradient norm with running statistics',
  },
  concerns: ['gradClip', 'learningRate', 'beta2'],
  listens: /^grad_norm$/,
  baseline: 'log',
  start: () => ({ tail: newTail(), handle: -1, age: 0, step: 0, count: 0, ratio: 0 }),
  point: (state, { step, value, level, sigma, z, count }, around) => {
    state.age++;
    if (sigma === 0 || !(value > 0)) return;
    const height = heightOf(state.tail, RARITY);
    observeTail(state.tail, z, height);
    const usual = Math.exp(level);
    const ratio = value / usual;
    if (count < YOUNG || z <= height || ratio < LEAST_RATIO) return;
    const again = state.handle >= 0 && state.age < APART;
    Object.assign(state, {
      age: 0,
      step: again ? state.step : step,
      count: again ? state.count + 1 : 1,
      ratio: again ? Math.max(state.ratio, ratio) : ratio,
    });
    const times = state.count > 1 ? ` ${state.count} such values since step ${formatStep(state.step)}.` : '';
    const finding = {
      severity: state.ratio >= GRAVE_RATIO || state.count >= 3 ? ('warning' as const) : ('info' as const),
      step: state.step,
      text: `The gradient norm is ${formatLoss(value)} at step ${formatStep(step)}, ${ratio.toFixed(1)} times its usual ${formatLoss(usual)}.${times}`,
      numbers: { norm: value, usual, ratio: state.ratio, z, count: state.count },
      steps: state.step === step ? [step] : [state.step, step],
    };
    if (again) around.change(state.handle, finding);
    else state.handle = around.raise(finding);
  },
});
