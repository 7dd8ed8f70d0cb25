import { fitLaw } from '../../../src/core/fit/fitLaw';
import { backTestLaws } from '../../../src/core/forecast/backTest';
import type { Law } from '../../../src/core/laws/law';
import { LAWS } from '../../../src/core/laws/registry';
import type { GeneralPrior } from '../../../src/core/prior/learnPrior';
import type { LoadedCurve } from '../fit/curveFolder';
import { EARLY_STOP, fitAndTest, publishedBackTest, publishedCurve, type Scores } from '../fit/protocols';
import { endOf, FRACTIONS, firstPart, isSound, knowing, mean, trial } from './tasks';
import { isCooldown, lossesOn, oneCooldown } from './transfer';

/** Laws of a loss: all but those of rewards. */
export const LOSS_LAWS: readonly Law[] = LAWS.filter((law) => !law.rises);

/** Absolute errors in per cent at each of `FRACTIONS`. */
export type ErrorRow = readonly (readonly number[])[];

const sizes = (errors: readonly (number | undefined)[]): number[] =>
  errors.flatMap((error) => (error !== undefined && Number.isFinite(error) ? [Math.abs(error)] : []));

/** T2 by one law: the shipped recipe with the law's own priors, or the published one without any. */
export function liveErrors(
  law: Law,
  curves: readonly LoadedCurve[],
  { recipe, generals }: { recipe: 'own' | 'published'; generals: ReadonlyMap<string, GeneralPrior> },
): ErrorRow {
  return FRACTIONS.map((fraction) =>
    sizes(
      curves.map((curve) => {
        if (recipe === 'published') return 100 * (publishedBackTest(law, curve, fraction) ?? Number.NaN);
        const general = generals.get(curve.facts.source)!;
        return trial(curve, fraction, { ...knowing('cold', curve, { general, memory: [] }), lawId: law.id })?.error;
      }),
    ),
  );
}

/** T2 by the law that would have done best earlier in each run; where none can be tested, by the standard one. */
export function selectedErrors(curves: readonly LoadedCurve[], generals: ReadonlyMap<string, GeneralPrior>): ErrorRow {
  return FRACTIONS.map((fraction) =>
    sizes(
      curves.map((curve) => {
        const input = firstPart(curve, fraction);
        if (input === undefined) return undefined;
        const options = knowing('cold', curve, { general: generals.get(curve.facts.source)!, memory: [] });
        const [best] = backTestLaws(input, options);
        const law = best !== undefined && Number.isFinite(best.error) ? best.law : LOSS_LAWS.find((l) => l.lawError)!;
        return trial(curve, fraction, { ...options, lawId: law.id })?.error;
      }),
    ),
  );
}

/** T1a by the published recipe: every point, no prior, Huber at 1e-3; settings searched where a law has some. */
export function publishedTransfer(law: Law, curves: readonly LoadedCurve[]): Scores {
  return fitAndTest(law, curves, law.settings.length > 0 ? 'search' : undefined).scores;
}

/** T1b by the published recipe: errors of the ends of all other schedules, per cent. */
export function publishedCooldown(law: Law, curves: readonly LoadedCurve[]): number[] {
  const pair = oneCooldown(curves);
  if (pair === undefined) return [];
  const fit = fitLaw(law, pair.map(publishedCurve), { priors: [], solver: EARLY_STOP });
  const rest = curves.filter((curve) => isSound(curve) && !pair.includes(curve));
  return sizes(
    rest.map((curve) => {
      const end = endOf(curve);
      return 100 * (mean(lossesOn(fit, curve, end.steps)) / end.loss - 1);
    }),
  );
}

/** Families that can be asked by `publishedCooldown`, those with most schedules first. */
export function cooldownFamilies(curves: readonly LoadedCurve[]): LoadedCurve[][] {
  const names = new Set(curves.filter(isCooldown).map((curve) => curve.facts.prefix_group));
  const families = [...names].map((name) => curves.filter((curve) => curve.facts.prefix_group === name));
  return families.filter((own) => oneCooldown(own) !== undefined).sort((a, b) => b.length - a.length);
}
