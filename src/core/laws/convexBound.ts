import type { Law, ParamSpec } from './law';
import { type LrPath, nodeBefore, progressAt, rateAt, rateBlocks } from './lrPath';

const [L0, DISTANCE, GRADIENT] = [0, 1, 2];

const positive = (name: string, unit: string, meaning: string): ParamSpec => {
  return { name, unit, meaning, low: 0, high: Number.POSITIVE_INFINITY, linear: true };
};

/**
 * Bound of convex optimisation on the last iterate of subgradient descent, taken as a law, with e = lr / peak:
 *
 *     L(s) = L0 + D² / (2 · S1(s)) + G² / 2 · (e_s + sum over k < s of e_k² / (e_{k+1} + … + e_s))
 *
 * D is the distance to the optimum, G the size of a gradient, both constant. The sum is the published one after summing by parts.
 * It is linear in its parameters, orders schedules rightly, and errs in their size: losses of language models do not fall
 * with 1 / S1. Source: Schaipp et al., arXiv 2501.18965, bound on the last iterate.
 */
export const convexBound: Law = {
  id: 'convexBound',
  title: 'Convex bound',
  formula: 'L(s) = L0 + D² / (2 · S1(s)) + G² / 2 · (e_s + Σ e_k² / (e_{k+1} + … + e_s))',
  cite: {
    authors: 'Schaipp et al.',
    year: 2025,
    title:
      'The Surprising Agreement Between Convex Optimization Theory and Learning-Rate Scheduling for Large Model Training',
    id: '2501.18965',
    where: 'bound on the last iterate',
  },
  needsLr: true,
  params: [
    positive('L0', 'nats', 'loss at the optimum'),
    positive('D2', 'nats · steps', 'squared distance to the optimum at the start, over the peak learning rate'),
    positive('G2', 'nats', 'squared size of a gradient, times the peak learning rate'),
  ],
  settings: [],
  priors: [],
  prepare(path, steps) {
    const progress = steps.map((step) => 1 / (2 * Math.max(1e-3, progressAt(path, step))));
    const bends = bendsOf(path);
    return { rows: steps.length, columns: [progress, steps.map((step) => noiseAt(path, bends, step) / 2)] };
  },
  predict(theta, { rows, columns: [progress, noise] }, out) {
    for (let i = 0; i < rows; i++) {
      out[i] = theta[L0]! + theta[DISTANCE]! * progress![i]! + theta[GRADIENT]! * noise![i]!;
    }
  },
  jacobian(_theta, { rows, columns: [progress, noise] }, out) {
    for (let i = 0; i < rows; i++) {
      out[3 * i + L0] = 1;
      out[3 * i + DISTANCE] = progress![i]!;
      out[3 * i + GRADIENT] = noise![i]!;
    }
  },
  starts: () => [Float64Array.of(2.5, 1000, 0.05), Float64Array.of(2, 3000, 0.1)],
  remaining(theta, { columns: [progress, noise] }, [from, to]) {
    return {
      progress: theta[DISTANCE]! * (progress![from]! - progress![to]!),
      annealing: theta[GRADIENT]! * (noise![from]! - noise![to]!),
    };
  },
};

/** Terms nearest to the step that are summed one by one, and by how much the distance grows over a block of the others. */
const [SINGLE, GROWTH] = [48, 1.15];

/** Blocks whose ends count as bends. */
const MAX_BLOCKS = 48;

/** Two-point Gauss-Legendre quadrature of the unit interval. */
const POINTS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)] as const;

/** Where the rate bends: the terms of the sum are smooth between. */
function bendsOf(path: LrPath): number[] {
  const { from, to } = rateBlocks(path, MAX_BLOCKS);
  return [...new Set([...from, ...to])].sort((a, b) => b - a);
}

/** e_s + sum over k < s of e_k² / (e_{k+1} + … + e_s). O((log steps + bends) · log nodes). */
function noiseAt(path: LrPath, bends: readonly number[], step: number): number {
  const last = lastMoving(path, step);
  const first = path.steps[0]!;
  const now = progressAt(path, last);
  let sum = rateAt(path, last);
  let distance = 1;
  for (; distance <= SINGLE && last - distance >= first; distance++) {
    sum += rateAt(path, last - distance) ** 2 / (now - progressAt(path, last - distance));
  }
  // Step k stands for the stretch from k - 1/2 to k + 1/2.
  let near = distance - 0.5;
  const far = last - first + 0.5;
  let bend = 0;
  while (near < far) {
    while (bend < bends.length && last - bends[bend]! + 0.5 <= near) bend++;
    const next = Math.min(far, near * GROWTH, last - (bends[bend] ?? Number.NEGATIVE_INFINITY) + 0.5);
    for (const share of POINTS) {
      const at = last - near - share * (next - near);
      sum += ((next - near) / 2) * (Math.max(0, rateAt(path, at)) ** 2 / (now - progressAt(path, at)));
    }
    near = next;
  }
  return sum;
}

/** The last whole step up to `step` whose rate is above zero: later steps move nothing. */
function lastMoving(path: LrPath, step: number): number {
  const whole = Math.floor(step);
  if (rateAt(path, whole) > 0) return whole;
  let node = nodeBefore(path.steps, whole);
  while (node > 0 && !(path.rates[node]! > 0)) node--;
  const next = path.steps[node + 1] ?? whole;
  return Math.max(path.steps[0]!, Math.min(whole, next) - 1);
}
