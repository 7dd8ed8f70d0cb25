import { convexBound } from './convexBound';
import { forwardMomentum } from './forwardMomentum';
import { functionalScaling } from './functionalScaling';
import { generalisedAnnealing } from './generalisedAnnealing';
import type { Law, LawId } from './law';
import { lrAnnealing } from './lrAnnealing';
import { multiPower } from './multiPower';
import { powerLaw } from './powerLaw';
import { rectified } from './rectified';
import { sigmoid } from './sigmoid';

/** All laws, sorted by id. */
export const LAWS: readonly Law[] = [
  convexBound,
  forwardMomentum,
  functionalScaling,
  generalisedAnnealing,
  lrAnnealing,
  multiPower,
  powerLaw,
  rectified,
  sigmoid,
];

/** The law used when the caller names none. */
export const STANDARD_LAW: Law = generalisedAnnealing;

/** The law that stands in when the standard one is refused. */
export const FALLBACK_LAW: Law = powerLaw;

/** The law called `id`; `undefined` when there is none. */
export function lawById(id: LawId | string): Law | undefined {
  return LAWS.find((law) => law.id === id);
}
