import { logRateOf } from './adamwRate';
import { ALPHA, annealedPower, FIRST_OF_DROP, RELEASE, SIZE } from './annealedPower';
import { type Law, type LawInput, positive } from './law';
import { type LrPath, powerSumAt, type RateBlocks, rateAt, rateBlocks, sumPowers } from './lrPath';
import { logPrior } from './prior';

/** The clock that forgets noise counts e to this power. */
const MEMORY = 1.5;

/** Exponents of the rate e in progress and in noise. */
interface Exponents {
  readonly progress: number;
  readonly noise: number;
}

/** Logarithms of the rate over 1e-3 between which the exponents move: the recorded runs tell no more. */
const LOG_RATES = [Math.log(0.1), Math.log(2)] as const;

/**
 * Exponents for a run with this peak learning rate. The higher the rate, the less more of it brings and costs: loss
 * saturates in the rate, so its exponents along one run fall with the peak. Other units than AdamW's count
 * as 1e-3.
 */
function exponentsAt(peakLr: number): Exponents {
  const [low, high] = LOG_RATES;
  const z = Math.min(high, Math.max(low, logRateOf(peakLr) ?? 0));
  return { progress: 0.55 - 0.05 * z, noise: 0.6 - 0.15 * z };
}

/** Progress at which R is measured, so that it does not depend on alpha: U = 1000 steps at peak. */
const UNIT = 1000;

/** Least progress in that unit: the loss at step 0 stays finite. */
const LEAST_PROGRESS = 1e-6;

/** Blocks a schedule is summed in: the loss is then within 4e-4 nats of the sum over all steps. */
const MAX_BLOCKS = 96;

/**
 * Generalised annealing law, in normalised units e = lr / peak:
 *
 *     L(s) = L0 + R · (U(s) / 1000)^-alpha - B · (1 + D(s))
 *     U(s) = sum of e_i^p,   W(s) = sum of e_i^1.5   (i <= s)
 *     D(s) = sum over k <= s of (e_{k-1}^q - e_k^q) · (1 - (1 + C · (W(s) - W(k)))^-1/2),   e_{-1} = 0
 *     p = 0.55 - 0.05 z,   q = 0.6 - 0.15 z,   z = ln(peak / 1e-3) within [ln 0.1, ln 2]
 *
 * At constant peak rate D tends to -1, so B counts what a full decay can release. Joins the two ideas of the learning-rate
 * annealing law (progress and drop, arXiv 2408.11029, equation 2) and the power memory of the multi-power law
 * (arXiv 2503.12811, equation 5) with exponents that the recorded curves of docs/laws.md ask for.
 */
export const generalisedAnnealing: Law = {
  id: 'generalisedAnnealing',
  title: 'Generalised annealing',
  formula: 'L(s) = L0 + R · (U(s) / 1000)^-alpha - B · (1 + D(s))',
  cite: {
    authors: 'Luo et al.',
    year: 2025,
    title: 'A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules',
    id: '2503.12811',
    where: 'equation 5, with the exponents of docs/laws.md',
  },
  needsLr: true,
  lawError: 0.001,
  params: [
    positive('L0', 'nats', 'loss that endless training at peak learning rate would approach', true),
    positive('R', 'nats', 'loss above that after 1000 steps at peak learning rate', true),
    { name: 'alpha', unit: '1', meaning: 'how fast the fall slows down', low: 0.05, high: 2, linear: false },
    positive('B', 'nats', 'loss that a full decay of the learning rate can release', true),
    positive('C', '1 / step', 'how fast it is released, per step at peak learning rate', false),
  ],
  settings: [],
  priors: [
    logPrior('alpha', ALPHA, { mean: Math.log(0.52), sd: 0.3 }),
    logPrior('B', RELEASE, { mean: Math.log(0.21), sd: 0.3 }),
    logPrior('C', FIRST_OF_DROP, { mean: Math.log(0.12), sd: 0.8 }),
    logPrior('R', SIZE, { mean: Math.log(0.7), sd: 0.4 }),
  ],
  prepare: (path, steps) => prepareDrops(path, steps),
  ...annealedPower({ shapes: 1, fill: fillDrops }),
  starts: () => [
    Float64Array.of(2.6, 0.75, 0.5, 0.21, 0.12),
    Float64Array.of(2.8, 0.6, 0.75, 0.21, 0.12),
    Float64Array.of(2, 1.1, 0.3, 0.21, 0.12),
  ],
};

/** Progress U of the law at the end of `path`, in units of 1000 steps at peak rate. */
export function finalProgressOf(path: LrPath): number {
  const { sums } = sumPowers(path, exponentsAt(path.peakLr).progress);
  return Math.max(LEAST_PROGRESS, (sums[sums.length - 1] ?? 0) / UNIT);
}

type Columns = [Float64Array, Float64Array, Float64Array];

/** Columns: U / 1000, where each row's blocks begin (rows + 1), and of every block its weight and its ages in W. */
function prepareDrops(path: LrPath, steps: Float64Array): LawInput {
  const progress = sumPowers(path, exponentsAt(path.peakLr).progress);
  const { noise } = exponentsAt(path.peakLr);
  const memory = sumPowers(path, MEMORY);
  const blocks = rateBlocks(path, MAX_BLOCKS);
  const [first, last] = [blocks.from, blocks.to].map((ends) => ends.map((step) => powerSumAt(memory, step)));
  const whole = blocks.after.map((rate, k) => weightOf(blocks, k, rate, noise));
  const begins = new Float64Array(steps.length + 1);
  const [weights, oldest, newest] = [0, 1, 2].map(() => new Float64Array(steps.length * whole.length)) as Columns;
  let used = 0;
  for (const [i, step] of steps.entries()) {
    const now = powerSumAt(memory, step);
    for (let k = 0; k < first!.length && (blocks.from[k]! < step || blocks.to[k]! <= step); k++) {
      const isDone = blocks.to[k]! <= step;
      weights[used] = isDone ? whole[k]! : weightOf(blocks, k, rateAt(path, step), noise);
      oldest[used] = Math.max(0, now - first![k]!);
      newest[used++] = isDone ? Math.max(0, now - last![k]!) : 0;
    }
    begins[i + 1] = used;
  }
  const reached = steps.map((step) => Math.max(LEAST_PROGRESS, powerSumAt(progress, step) / UNIT));
  return { rows: steps.length, columns: [reached, begins, weights, oldest, newest] };
}

function weightOf(blocks: RateBlocks, k: number, reached: number, power: number): number {
  return blocks.before[k]! ** power - Math.max(0, reached) ** power;
}

/**
 * Writes 1 + D of every row and its derivative by C. The memory is averaged over the ages of a block:
 * the mean of (1 + C x)^-1/2 from x0 to x1 is 2 / (sqrt(1 + C x0) + sqrt(1 + C x1)).
 */
function fillDrops(theta: Float64Array, { rows, columns }: LawInput, out: Float64Array): void {
  const memory = theta[FIRST_OF_DROP]!;
  const [, begins, weights, oldest, newest] = columns;
  for (let i = 0; i < rows; i++) {
    let drop = 1;
    let slope = 0;
    for (let k = begins![i]!; k < begins![i + 1]!; k++) {
      const [x0, x1] = [newest![k]!, oldest![k]!];
      const root0 = Math.sqrt(1 + memory * x0);
      const root1 = Math.sqrt(1 + memory * x1);
      const kept = 2 / (root0 + root1);
      drop += weights![k]! * (1 - kept);
      slope += 0.25 * weights![k]! * kept * kept * (x0 / root0 + x1 / root1);
    }
    out[2 * i] = drop;
    out[2 * i + 1] = slope;
  }
}
