import { annealedPower, annealingPriors, POWER_PARAMS, READY_DROP, TYPICAL_POWER } from './annealedPower';
import { type Law, positive } from './law';
import { type LrPath, progressAt, rateAt } from './lrPath';

/** Decay of the two moments, as in the authors' program (xmed-lab/fm-annealing), and its scale of the second. */
const [BETA1, BETA2, SCALE] = [0.9, 0.999, 1e5];

/** Keeps the quotient of the moments finite where nothing has changed yet. */
const TINY = 1e-30;

/** A schedule is walked in at most this many intervals. */
const MAX_INTERVALS = 20_000;

/**
 * Forward-momentum law, model size held fixed: L(s) = L0 + A · S1(s)^-alpha - C · M(s). M sums m / sqrt(v) over intervals
 * of the schedule, where m and v are bias-corrected means, as of Adam, of the fall of the rate over an interval and of its
 * square. So M counts how long the rate has been falling rather than how far, and depends on the interval: the law was
 * made for logged points. The rise of the warm-up is left out. Source: Wang et al., arXiv 2512.13705, and its program
 * xmed-lab/fm-annealing.
 */
export const forwardMomentum: Law = {
  id: 'forwardMomentum',
  title: 'Forward momentum',
  formula: 'L(s) = L0 + A · S1(s)^-alpha - C · Σ m_i / √v_i',
  cite: {
    authors: 'Wang et al.',
    year: 2025,
    title: 'Scaling and Transferability of Annealing Strategies in Large Language Model Training',
    id: '2512.13705',
  },
  needsLr: true,
  params: [...POWER_PARAMS, positive('C', 'nats', 'loss released for each unit of annealing momentum', true)],
  settings: [
    {
      name: 'interval',
      unit: 'steps',
      meaning: 'spacing of the points at which the rate is compared',
      standard: 128,
      grid: [32, 64, 128, 256, 512],
    },
  ],
  priors: annealingPriors('C', { ...TYPICAL_POWER, drop: { mean: Math.log(0.3), sd: 1 } }),
  prepare(path, steps, settings) {
    const momentum = traceMomentum(path, settings[0] ?? 128);
    return {
      rows: steps.length,
      columns: [steps.map((s) => Math.max(1e-3, progressAt(path, s))), steps.map((s) => momentumAt(momentum, s))],
    };
  },
  ...annealedPower(READY_DROP),
  starts: () => [0.4, 0.2, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha, 0.3)),
};

interface Momentum {
  readonly from: number;
  readonly interval: number;
  readonly sums: Float64Array;
}

/** M at the ends of all intervals from the end of the warm-up to the end of `path`. */
function traceMomentum(path: LrPath, standard: number): Momentum {
  const from = path.warmupEnd;
  const span = Math.max(0, path.steps[path.steps.length - 1]! - from);
  const interval = Math.max(standard, span / MAX_INTERVALS);
  const sums = new Float64Array(Math.ceil(span / interval) + 1);
  let [mean, square, before] = [0, 0, rateAt(path, from)];
  for (let i = 1; i < sums.length; i++) {
    const rate = rateAt(path, from + i * interval);
    const fall = (before - rate) * interval;
    mean = BETA1 * mean + (1 - BETA1) * fall;
    square = BETA2 * square + (1 - BETA2) * fall * fall;
    const root = Math.sqrt((SCALE * square) / (1 - BETA2 ** (i + 1)) + TINY);
    sums[i] = sums[i - 1]! + mean / (1 - BETA1 ** (i + 1)) / root;
    before = rate;
  }
  return { from, interval, sums };
}

function momentumAt({ from, interval, sums }: Momentum, step: number): number {
  const at = Math.min(sums.length - 1, Math.max(0, (step - from) / interval));
  const left = Math.min(sums.length - 1, Math.floor(at));
  const right = Math.min(sums.length - 1, left + 1);
  return sums[left]! + (at - left) * (sums[right]! - sums[left]!);
}
