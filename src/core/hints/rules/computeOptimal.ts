import { formatCompact, formatLoss, formatNumber, formatPercent } from '../../report/numbers';
import { constant } from '../constants';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Coefficients of `L = E + A/N^α + B/D^β`. */
export interface LossLaw {
  readonly e: number;
  readonly a: number;
  readonly alpha: number;
  readonly b: number;
  readonly beta: number;
}

/** The replicated coefficients; those printed first contradict their own optimum. */
export function replicatedLaw(): LossLaw {
  return {
    e: constant('chinchillaE'),
    a: constant('chinchillaA'),
    alpha: constant('chinchillaAlpha'),
    b: constant('chinchillaB'),
    beta: constant('chinchillaBeta'),
  };
}

/** Loss of the law in nats. */
export function lossOf({ e, a, alpha, b, beta }: LossLaw, parameters: number, tokens: number): number {
  return e + a / parameters ** alpha + b / tokens ** beta;
}

/** Parameters and tokens with the lowest loss for `compute` FLOPs (C = 6 N D). */
export function optimalSplit(law: LossLaw, compute: number): { readonly parameters: number; readonly tokens: number } {
  const { a, alpha, b, beta } = law;
  const g = ((alpha * a) / (beta * b)) ** (1 / (alpha + beta));
  const parameters = g * (compute / 6) ** (beta / (alpha + beta));
  return { parameters, tokens: compute / 6 / parameters };
}

export const computeOptimal = defineRule({
  id: 'computeOptimal',
  title: 'Tokens per parameter',
  on: ['totalSteps', 'totalTokens', 'width', 'depth', 'parameters', 'epochs'],
  needs: ['parameters', 'tokens'],
  formula: 'L = 1.8172 + 482.01 / N^0.3478 + 2085.43 / D^0.3658; N* = G (C/6)^(β/(α+β)), G = (αA / βB)^(1/(α+β))',
  validity:
    'the data and tokenizer of that study: the loss itself does not carry over, the split about does; tokens per parameter of 20 to 640 were tested beyond the optimum',
  mark: 'recalled',
  cites: [PAPERS.replication, PAPERS.chinchilla, PAPERS.overTraining],
  about:
    'How the loss splits between a larger model and more data, with the coefficients of the replication. A model that is trained past its optimum costs some loss and is cheaper to use.',
  evaluate({ parameters, tokens, loraRank }) {
    if (loraRank !== undefined) return null;
    const law = replicatedLaw();
    const ratio = tokens / parameters;
    const best = optimalSplit(law, 6 * parameters * tokens);
    const penalty = lossOf(law, parameters, tokens) - lossOf(law, best.parameters, best.tokens);
    const bestRatio = best.tokens / best.parameters;
    const side = ratio > bestRatio ? 'more data than' : 'less data than';
    return {
      verdict: 'note',
      summary: `${formatNumber(ratio, 3)} tokens per parameter, ${side} the compute-optimal ${formatNumber(bestRatio, 3)}: +${formatLoss(penalty, 2)} nats by the law`,
      rows: [
        ['tokens per parameter', `${formatNumber(ratio, 3)} (${formatPercent(ratio / bestRatio)} of the optimum)`],
        ['compute-optimal', `${formatCompact(best.parameters)} parameters on ${formatCompact(best.tokens)} tokens`],
        ['penalty in loss', `${formatLoss(penalty, 2)} nats`],
      ],
      ...(ratio > 640 ? { outsideValidity: 'more than 640 tokens per parameter' } : {}),
    };
  },
});
