import { annealedPower, annealingPriors, POWER_PARAMS, READY_DROP, TYPICAL_POWER } from './annealedPower';
import { annealingAreaAt, traceAnnealing } from './annealingArea';
import { type Law, positive } from './law';
import { progressAt } from './lrPath';

/**
 * Learning-rate annealing law: L(s) = L0 + A · S1^-alpha - C · S2, in normalised units e = lr / peak.
 * Source: Tissue, Venus & Wang, arXiv 2408.11029, equation 2.
 */
export const lrAnnealing: Law = {
  id: 'lrAnnealing',
  title: 'Learning-rate annealing',
  formula: 'L(s) = L0 + A · S1(s)^-alpha - C · S2(s)',
  cite: {
    authors: 'Tissue, Venus & Wang',
    year: 2024,
    title: 'Scaling Law with Learning Rate Annealing',
    id: '2408.11029',
    where: 'equation 2',
  },
  needsLr: true,
  params: [...POWER_PARAMS, positive('C', 'nats / step', 'loss released for each unit of annealing area', true)],
  settings: [
    {
      name: 'lambda',
      unit: '1',
      meaning: 'memory of a learning-rate change: 1 / (1 - lambda) steps',
      standard: 0.999,
      grid: [0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999],
    },
  ],
  priors: annealingPriors('C', { ...TYPICAL_POWER, drop: { mean: Math.log(2.5e-4), sd: 0.5 } }),
  prepare(path, steps, settings) {
    const annealing = traceAnnealing(path, settings[0] ?? 0.999);
    return {
      rows: steps.length,
      columns: [steps.map((s) => progressAt(path, s)), steps.map((s) => annealingAreaAt(annealing, s))],
    };
  },
  ...annealedPower(READY_DROP),
  starts: () => [0.2, 0.4, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha, 2e-4)),
};
