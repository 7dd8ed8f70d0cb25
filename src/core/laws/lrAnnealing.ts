import { annealingAreaAt, traceAnnealing } from './annealingArea';
import type { Law } from './law';
import { progressAt } from './lrPath';
import { logPrior, type Normal, type PriorTerm, reachPrior } from './prior';

// Letters of the paper: L0, A, alpha, C; S1 is the progress, S2 the annealing area.
const [L0, A, ALPHA, C] = [0, 1, 2, 3];

/** What earlier runs say of alpha, C (nats / step) and R (see `reachPrior`, nats): normal in their logarithms. */
export interface AnnealingConstants {
  readonly alpha: Normal;
  readonly drop: Normal;
  readonly reach: Normal;
}

/** Centre and spread over the 43 models of docs/laws.md, C and R rounded. */
const SHIPPED: AnnealingConstants = {
  alpha: { mean: Math.log(0.45), sd: 0.25 },
  drop: { mean: Math.log(2.5e-4), sd: 0.5 },
  reach: { mean: Math.log(0.85), sd: 0.25 },
};

/** Priors of `lrAnnealing` from the constants of earlier runs. */
export function annealingPriors({ alpha, drop, reach }: AnnealingConstants): PriorTerm[] {
  return [logPrior('alpha', ALPHA, alpha), logPrior('C', C, drop), reachPrior(A, ALPHA, reach)];
}

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
  params: [
    {
      name: 'L0',
      unit: 'nats',
      meaning: 'loss that endless training at peak learning rate would approach',
      low: 0,
      high: Number.POSITIVE_INFINITY,
      linear: true,
    },
    {
      name: 'A',
      unit: 'nats · steps^alpha',
      meaning: 'size of the fall that comes with more steps',
      low: 0,
      high: Number.POSITIVE_INFINITY,
      linear: true,
    },
    { name: 'alpha', unit: '1', meaning: 'how fast that fall slows down', low: 0.05, high: 2, linear: false },
    {
      name: 'C',
      unit: 'nats / step',
      meaning: 'loss released for each unit of annealing area',
      low: 0,
      high: Number.POSITIVE_INFINITY,
      linear: true,
    },
  ],
  settings: [
    {
      name: 'lambda',
      unit: '1',
      meaning: 'memory of a learning-rate change: 1 / (1 - lambda) steps',
      standard: 0.999,
      grid: [0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999],
    },
  ],
  priors: annealingPriors(SHIPPED),
  prepare(path, steps, settings) {
    const annealing = traceAnnealing(path, settings[0] ?? 0.999);
    return {
      rows: steps.length,
      columns: [steps.map((s) => progressAt(path, s)), steps.map((s) => annealingAreaAt(annealing, s))],
    };
  },
  predict(theta, { rows, columns: [s1, s2] }, out) {
    for (let i = 0; i < rows; i++) {
      out[i] = theta[L0]! + theta[A]! * s1![i]! ** -theta[ALPHA]! - theta[C]! * s2![i]!;
    }
  },
  jacobian(theta, { rows, columns: [s1, s2] }, out) {
    for (let i = 0; i < rows; i++) {
      const power = s1![i]! ** -theta[ALPHA]!;
      out[4 * i + L0] = 1;
      out[4 * i + A] = power;
      out[4 * i + ALPHA] = -theta[A]! * power * Math.log(s1![i]!);
      out[4 * i + C] = -s2![i]!;
    }
  },
  starts: () => [0.2, 0.4, 0.7].map((alpha) => Float64Array.of(2.5, 0.7 * 1000 ** alpha, alpha, 2e-4)),
  remaining(theta, { columns: [s1, s2] }, [from, to]) {
    return {
      progress: theta[A]! * (s1![from]! ** -theta[ALPHA]! - s1![to]! ** -theta[ALPHA]!),
      annealing: theta[C]! * (s2![to]! - s2![from]!),
    };
  },
};
