import { fitLaw } from '../../../src/core/fit/fitLaw';
import type { Law } from '../../../src/core/laws/law';
import type { PriorTerm } from '../../../src/core/laws/prior';
import type { LoadedCurve } from '../fit/curveFolder';
import { publishedCurve, type Scores } from '../fit/protocols';
import { endOf, mean } from './tasks';
import { lossesOn } from './transfer';

/** T1a: fits the `fit` curves together with `priors` and scores the `test` curves: means over the curves. */
export function oneModelScores(curves: readonly LoadedCurve[], law: Law, priors: readonly PriorTerm[]): Scores {
  const role = (name: string): LoadedCurve[] => curves.filter((curve) => curve.facts.t1_role === name);
  const fit = fitLaw(law, role('fit').map(publishedCurve), { priors });
  const each = role('test').map((curve) => {
    const { steps, losses } = curve;
    const fitted = lossesOn(fit, curve, steps);
    const errors = losses.map((loss, i) => fitted[i]! - loss);
    const relative = errors.map((error, i) => Math.abs(error) / losses[i]!);
    const centre = mean(losses);
    const squares = mean(errors.map((error) => error ** 2));
    return {
      r2: 1 - squares / mean(losses.map((loss) => (loss - centre) ** 2)),
      mae: mean(errors.map(Math.abs)),
      rmse: Math.sqrt(squares),
      predE: mean(relative),
      worstE: Math.max(...relative),
    };
  });
  const average = (key: keyof Scores): number => mean(each.map((scores) => scores[key]));
  return {
    r2: average('r2'),
    mae: average('mae'),
    rmse: average('rmse'),
    predE: average('predE'),
    worstE: average('worstE'),
  };
}

/** Spread of the final loss between runs that differ in their seed only, per cent. */
export function seedSpread(curves: readonly LoadedCurve[]): { name: string; seeds: number; sd: number }[] {
  const seeds = curves.filter((curve) => /-s\d+-val$/.test(curve.facts.id));
  const names = new Set(seeds.map((curve) => curve.facts.id.replace(/-s\d+-val$/, '')));
  return [...names].flatMap((name) => {
    const ends = seeds.filter((c) => c.facts.id.startsWith(`${name}-s`)).map((c) => endOf(c).loss);
    if (ends.length < 2) return [];
    const centre = mean(ends);
    const variance = ends.reduce((sum, end) => sum + (end - centre) ** 2, 0) / (ends.length - 1);
    return [{ name, seeds: ends.length, sd: (100 * Math.sqrt(variance)) / centre }];
  });
}
