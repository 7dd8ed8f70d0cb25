import { formatCompact, formatPercent, formatStep } from '../../report/numbers';
import { PAPERS } from '../papers';
import { defineRule } from '../rule';

/** Steps of warmup that Adam needs at least: 40 for β2 = 0.95, 2000 for 0.999. */
export function leastWarmup(beta2: number): number {
  return 2 / (1 - beta2);
}

/** Share of the run beyond which a warmup is long. */
const LONG_SHARE = 0.1;

export const warmupLength = defineRule({
  id: 'warmupLength',
  title: 'Length of the warmup',
  on: ['warmupSteps', 'warmupRatio'],
  needs: ['warmupSteps'],
  formula: 'at least 2 / (1 − β2) steps, at most a tenth of the run; small compute-optimal runs: about N tokens',
  validity: 'Adam; large SGD batches take 5 epochs; the bound of a tenth is a rule of thumb of this product',
  mark: 'recalled',
  cites: [PAPERS.untunedWarmup, PAPERS.porian, PAPERS.largeMinibatch],
  about:
    'The second moment of Adam needs about 2/(1−β2) steps before it can be trusted. A fixed long warmup eats short runs: it was a main cause of the gap between two scaling laws.',
  evaluate({ warmupSteps, beta2, steps, batchTokens, parameters, optimizer }) {
    const isAdam = optimizer === undefined || optimizer === 'adam';
    const least = isAdam && beta2 !== undefined && beta2 < 1 ? Math.round(leastWarmup(beta2)) : undefined;
    const share = steps === undefined ? undefined : warmupSteps / steps;
    if (least === undefined && share === undefined) return null;
    const isShort = least !== undefined && warmupSteps < least;
    const isLong = share !== undefined && share > LONG_SHARE;
    const rows: [string, string][] = [];
    if (least !== undefined) rows.push(['at least by β2', `${formatStep(least)} steps`]);
    if (share !== undefined) rows.push(['share of the run', formatPercent(share)]);
    if (batchTokens !== undefined && parameters !== undefined) {
      rows.push([
        'warmup in tokens',
        `${formatCompact(warmupSteps * batchTokens)}, parameters ${formatCompact(parameters)}`,
      ]);
    }
    const summary = isShort
      ? `shorter than the ${formatStep(least)} steps that β2 asks for`
      : isLong
        ? `takes ${formatPercent(share)} of the run`
        : `${least === undefined ? '' : `at least ${formatStep(least)} steps; `}${share === undefined ? '' : `${formatPercent(share)} of the run`}`;
    return {
      verdict: isShort || isLong ? 'near' : 'inside',
      summary,
      rows,
      ...(isShort ? { suggestion: { of: ['warmupSteps'], value: least! } } : {}),
    };
  },
});
