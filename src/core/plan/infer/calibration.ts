import type { PlanPart } from '../plan';
import type { Ranking } from './candidates';
import type { Narrowing } from './hypotheses';
import type { Phases } from './phases';
import type { Rise } from './rise';

/** What is known of a falling rate. */
export interface Decay {
  readonly phases: Phases;
  readonly rise: Rise;
  readonly narrowing: Narrowing;
  readonly ranking: Ranking;
  readonly warmup: PlanPart;
}

/** No inference is surer than this: the log may belong to a schedule that none of the families knows. */
const MAX_CONFIDENCE = 0.98;

/** Confidence of a fact for the probability that the fit gives it: lower with few points, a poor fit and after restarts. */
export function calibrate(probability: number, decay: Decay): number {
  const enough = 1 - Math.exp(-decay.ranking.fallPoints / 4);
  const fits = 1 / (1 + (decay.ranking.misfit / 0.02) ** 2);
  const restarted = decay.phases.restarts > 0 ? 0.7 : 1;
  return Math.min(MAX_CONFIDENCE, probability * enough * fits * restarted);
}
