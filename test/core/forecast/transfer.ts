import { fitLaw, type LawFit } from '../../../src/core/fit/fitLaw';
import { prepareCurve } from '../../../src/core/fit/prepare';
import type { FitCurve } from '../../../src/core/fit/problem';
import { evaluateFitted, whatIfPath } from '../../../src/core/forecast/fittedForecast';
import { fitForecast } from '../../../src/core/forecast/predict';
import type { Law } from '../../../src/core/laws/law';
import { traceLr } from '../../../src/core/laws/lrPath';
import type { PriorTerm } from '../../../src/core/laws/prior';
import { priorTermsOf } from '../../../src/core/prior/constants';
import type { GeneralPrior } from '../../../src/core/prior/learnPrior';
import { generalPriorOf } from '../../../src/core/prior/memory';
import type { LoadedCurve } from '../fit/curveFolder';
import { endOf, isSound, mean } from './tasks';

/** Terms of the general prior for a run at the peak rate of `curve`. */
export function priorFor(curve: LoadedCurve, general: GeneralPrior): PriorTerm[] {
  return priorTermsOf(generalPriorOf(general, { peakLr: curve.facts.schedule.peak_lr }));
}

/** Loss of a fitted law along another curve. */
export function lossesOn({ law, theta, settings }: LawFit, curve: LoadedCurve, steps: Float64Array): Float64Array {
  const losses = new Float64Array(steps.length);
  law.predict(theta, law.prepare(traceLr(curve.lr, curve.total)!, steps, settings), losses);
  return losses;
}

/** A question about another schedule and its answer. */
export interface Transfer {
  readonly curve: LoadedCurve;
  /** 100 · (prediction / truth - 1). */
  readonly error: number;
}

/** All of a run but its first tenth. */
const WHOLE = 0.1;

/** The curve up to `until`, made ready for a fit. */
function part({ steps, losses, lr, total }: LoadedCurve, until: number, law: Law, window?: number): FitCurve {
  const seen = steps.filter((step) => step <= until).length;
  const path = traceLr(lr, Math.min(until, total));
  const data = { steps: steps.slice(0, seen), losses: losses.slice(0, seen), path };
  return prepareCurve(data, { lawError: law.lawError, ...(window === undefined ? {} : { window }) }).curve;
}

const finalShare = ({ facts, total }: LoadedCurve): number => (total - (facts.schedule.decay_start ?? total)) / total;

export const isCooldown = ({ facts }: LoadedCurve): boolean => facts.schedule.kind === 'wsd';

const sameFamily =
  (a: LoadedCurve) =>
  (b: LoadedCurve): boolean =>
    a.facts.prefix_group === b.facts.prefix_group && a.facts.loss_kind === b.facts.loss_kind;

/** What T1b fits: the constant run of a family and its shortest 20 % linear cool-down; `undefined` when it has none. */
export function oneCooldown(curves: readonly LoadedCurve[]): [LoadedCurve, LoadedCurve] | undefined {
  const sound = curves.filter(isSound);
  const constant = sound.find((curve) => curve.facts.schedule.kind === 'constant');
  const [decayed] = sound
    .filter((c) => isCooldown(c) && c.facts.schedule.decay_shape === 'linear' && Math.abs(finalShare(c) - 0.2) < 0.02)
    .sort((a, b) => a.total - b.total);
  return constant === undefined || decayed === undefined ? undefined : [constant, decayed];
}

/** T1b: the two fitted together, the ends of all other schedules. */
export function fromOneCooldown(curves: readonly LoadedCurve[], law: Law, priors: readonly PriorTerm[]): Transfer[] {
  const pair = oneCooldown(curves);
  if (pair === undefined) return [];
  const fit = fitLaw(
    law,
    pair.map((curve) => part(curve, curve.total, law, WHOLE)),
    { priors },
  );
  return curves
    .filter((curve) => isSound(curve) && !pair.includes(curve))
    .map((curve) => ({ curve, error: endError(fit, curve) }));
}

function endError(fit: LawFit, curve: LoadedCurve): number {
  const end = endOf(curve);
  return 100 * (mean(lossesOn(fit, curve, end.steps)) / end.loss - 1);
}

/** T3a: the end of a cool-down from the constant part before it. */
export function fromConstantPart(curve: LoadedCurve, law: Law, priors: readonly PriorTerm[]): Transfer {
  const fit = fitLaw(law, [part(curve, curve.facts.schedule.decay_start!, law)], { priors });
  return { curve, error: endError(fit, curve) };
}

/** T3b: the same when another cool-down of the family ended before this one begins; `undefined` when none did. */
export function fromEarlierCooldown(
  curve: LoadedCurve,
  {
    curves,
    law,
    priors,
  }: { readonly curves: readonly LoadedCurve[]; readonly law: Law; readonly priors: readonly PriorTerm[] },
): Transfer | undefined {
  const start = curve.facts.schedule.decay_start!;
  const earlier = curves.filter((c) => sameFamily(curve)(c) && isCooldown(c) && isSound(c) && c.total <= start);
  const seen = earlier.sort((a, b) => b.total - a.total || finalShare(a) - finalShare(b))[0];
  if (seen === undefined) return undefined;
  const fit = fitLaw(law, [part(curve, start, law), part(seen, seen.total, law)], { priors });
  return { curve, error: endError(fit, curve) };
}

/** Cool-downs that can be asked about: T3a and T3b. */
export function cooldowns(curves: readonly LoadedCurve[]): LoadedCurve[] {
  return curves.filter((curve) => curve.facts.source === 'lr-scheduling' && isCooldown(curve) && isSound(curve));
}

/** How well decay plans of one family and length are ranked from the first tenth of the run. */
export interface Ranking {
  /** Errors of the difference to the 20 % plan, per cent of the loss. */
  readonly differences: readonly number[];
  /** Loss of the plan chosen above the best one, per cent. */
  readonly regret: number;
  /** The same for always taking the 20 % plan. */
  readonly regretOfCustom: number;
}

/** T3c over all families with at least 3 plans of one length, one of them the linear 20 % one. */
export function rankings(
  curves: readonly LoadedCurve[],
  { lawId, priors }: { readonly lawId: Law['id']; readonly priors: (curve: LoadedCurve) => readonly PriorTerm[] },
): Ranking[] {
  const plans = cooldowns(curves);
  const keys = new Set(plans.map((c) => `${c.facts.prefix_group} ${c.total}`));
  return [...keys].flatMap((key) => {
    const own = plans.filter((c) => `${c.facts.prefix_group} ${c.total}` === key);
    const custom = own.find((c) => c.facts.schedule.decay_shape === 'linear' && Math.abs(finalShare(c) - 0.2) < 0.02);
    if (custom === undefined || own.length < 3) return [];
    const seen = custom.steps.filter((step) => step <= 0.1 * custom.total).length;
    const { steps, losses, lr, total } = custom;
    const input = { steps: steps.slice(0, seen), losses: losses.slice(0, seen), lr, finalStep: total, seed: 1, lawId };
    const { fitted } = fitForecast(input, { priors: { [lawId]: priors(custom) } });
    if (fitted === null) return [];
    const rows = own.map((curve) => {
      const end = endOf(curve);
      const said = mean(evaluateFitted(fitted, end.steps, whatIfPath(fitted, curve.lr)).values);
      return { curve, real: end.loss, said };
    });
    const base = rows.find(({ curve }) => curve === custom)!;
    const best = Math.min(...rows.map(({ real }) => real));
    const chosen = rows.reduce((a, b) => (b.said < a.said ? b : a));
    const others = rows.filter((row) => row !== base);
    const differences = others.map((row) => (100 * (row.said - base.said - (row.real - base.real))) / base.real);
    return [{ differences, regret: 100 * (chosen.real / best - 1), regretOfCustom: 100 * (base.real / best - 1) }];
  });
}
