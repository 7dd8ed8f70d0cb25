import type { HyperId } from './hyperparameters';
import type { Rule } from './rule';
import { adamBatchScaling } from './rules/adamBatchScaling';
import { adamEpsilon } from './rules/adamEpsilon';
import { batchScaling } from './rules/batchScaling';
import { beta2Batch } from './rules/beta2Batch';
import { computeOptimal } from './rules/computeOptimal';
import { cooldownLength } from './rules/cooldownLength';
import { criticalBatch } from './rules/criticalBatch';
import { criticalBatchLoss } from './rules/criticalBatchLoss';
import { decayToZero } from './rules/decayToZero';
import { deepseekLaw } from './rules/deepseekLaw';
import { depthScaling } from './rules/depthScaling';
import { emaHorizon } from './rules/emaHorizon';
import { ffnWidth } from './rules/ffnWidth';
import { gradientClipping } from './rules/gradientClipping';
import { kaplanLaw } from './rules/kaplanLaw';
import { loraPlus } from './rules/loraPlus';
import { lowPrecision } from './rules/lowPrecision';
import { muPWidth } from './rules/muPWidth';
import { noiseScale } from './rules/noiseScale';
import { porianLaw } from './rules/porianLaw';
import { powerLinesBatch } from './rules/powerLinesBatch';
import { rankStabilised } from './rules/rankStabilised';
import { repetition } from './rules/repetition';
import { scheduleHorizon } from './rules/scheduleHorizon';
import { stepLaw } from './rules/stepLaw';
import { stepLawBatch } from './rules/stepLawBatch';
import { tokenHorizon } from './rules/tokenHorizon';
import { unitMuP } from './rules/unitMuP';
import { warmupLength } from './rules/warmupLength';
import { weightDecayTimescale } from './rules/weightDecayTimescale';
import { weightDecayTransfer } from './rules/weightDecayTransfer';
import { weightDecayWidth } from './rules/weightDecayWidth';
import { weightDecayZero } from './rules/weightDecayZero';
import { weightSpectrum } from './rules/weightSpectrum';

/** All rules, sorted by id. */
export const RULES: readonly Rule[] = [
  adamBatchScaling,
  adamEpsilon,
  batchScaling,
  beta2Batch,
  computeOptimal,
  cooldownLength,
  criticalBatch,
  criticalBatchLoss,
  decayToZero,
  deepseekLaw,
  depthScaling,
  emaHorizon,
  ffnWidth,
  gradientClipping,
  kaplanLaw,
  loraPlus,
  lowPrecision,
  muPWidth,
  noiseScale,
  porianLaw,
  powerLinesBatch,
  rankStabilised,
  repetition,
  scheduleHorizon,
  stepLaw,
  stepLawBatch,
  tokenHorizon,
  unitMuP,
  warmupLength,
  weightDecayTimescale,
  weightDecayTransfer,
  weightDecayWidth,
  weightDecayZero,
  weightSpectrum,
];

/** Rules that speak on lines of this hyperparameter. */
export function rulesOn(id: HyperId): readonly Rule[] {
  return RULES.filter((rule) => rule.on.includes(id));
}
