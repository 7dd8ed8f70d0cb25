import { constant } from './constants';
import { PAPERS } from './papers';

/** A law in logarithms around a centre, with the Gaussian that its bootstrap fits form. */
interface Banded {
  readonly value: number;
  readonly band: readonly [number, number];
}

/** Standard deviations and correlations of the released bootstrap fits, for (1, x, y) and (1, y). */
const LR_DEVIATIONS = [0.0234, 0.0298, 0.0191] as const;
const LR_CORRELATIONS = { ax: -0.25, ay: -0.22, xy: -0.3 } as const;
const BATCH_DEVIATIONS = [0.0238, 0.0187] as const;
const BATCH_CORRELATION = -0.29;

/** Best learning rate with its 95 % band for N parameters (without embeddings) and D tokens. */
export function stepLawLr(parameters: number, tokens: number): Banded {
  const x = Math.log(parameters / 3e8);
  const y = Math.log(tokens / 1e10);
  const log = constant('stepLawLrIntercept') + constant('stepLawLrParameters') * x + constant('stepLawLrTokens') * y;
  const [a, sx, sy] = [LR_DEVIATIONS[0], LR_DEVIATIONS[1] * x, LR_DEVIATIONS[2] * y];
  const { ax, ay, xy } = LR_CORRELATIONS;
  const variance = a * a + sx * sx + sy * sy + 2 * (ax * a * sx + ay * a * sy + xy * sx * sy);
  return banded(log, variance);
}

/** Best batch in tokens with its 95 % band for D tokens. */
export function bestBatch(tokens: number): Banded {
  const y = Math.log(tokens / 1e10);
  const [a, sy] = [BATCH_DEVIATIONS[0], BATCH_DEVIATIONS[1] * y];
  const log = constant('stepLawBatchIntercept') + constant('stepLawBatchTokens') * y;
  return banded(log, a * a + sy * sy + 2 * BATCH_CORRELATION * a * sy);
}

function banded(log: number, variance: number): Banded {
  const reach = 1.96 * Math.sqrt(Math.max(variance, 0));
  return { value: Math.exp(log), band: [Math.exp(log - reach), Math.exp(log + reach)] };
}

/** What both rules of this fit have in common. */
export const STEP_LAW = {
  validity:
    '60M to 1B parameters, 2B to 100B tokens, learning rate and batch chosen together, final learning rate 1e-5',
  mark: 'verified',
  cites: [PAPERS.stepLaw],
  about:
    'Fitted on thousands of runs in which learning rate and batch were chosen together. The band is that of the fit over its bootstrap samples, not of the world: other recipes differ by more.',
} as const;

/** Doubt of a model or budget outside the range of the fit. */
export const stepLawDoubt = (parameters: number, tokens: number): { outsideValidity?: string } =>
  parameters >= 6e7 && parameters <= 1.1e9 && tokens >= 2e9 && tokens <= 1e11
    ? {}
    : { outsideValidity: 'model or tokens outside the range of the fit' };
