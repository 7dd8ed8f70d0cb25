import { generalisedAnnealing } from './generalisedAnnealing';
import type { Law, LawId } from './law';
import { lrAnnealing } from './lrAnnealing';
import { powerLaw } from './powerLaw';

/** All laws, sorted by id. */
export const LAWS: readonly Law[] = [generalisedAnnealing, lrAnnealing, powerLaw];

/** The law used when the caller names none. */
export const STANDARD_LAW: Law = generalisedAnnealing;

/** The law that stands in when the standard one is refused. */
export const FALLBACK_LAW: Law = powerLaw;

/** The law called `id`; `undefined` when there is none. */
export function lawById(id: LawId | string): Law | undefined {
  return LAWS.find((law) => law.id === id);
}
