import type { Detector } from './detector';
import { aboveSiblings } from './detectors/aboveSiblings';
import { activationRms } from './detectors/activationRms';
import { adamEpsilon } from './detectors/adamEpsilon';
import { attentionEntropy } from './detectors/attentionEntropy';
import { attentionLogits } from './detectors/attentionLogits';
import { clipping } from './detectors/clipping';
import { cosineHorizon } from './detectors/cosineHorizon';
import { criticalBatch } from './detectors/criticalBatch';
import { delayedGeneralisation } from './detectors/delayedGeneralisation';
import { divergence } from './detectors/divergence';
import { divergenceAhead } from './detectors/divergenceAhead';
import { doubleDescent } from './detectors/doubleDescent';
import { gradientOutlier } from './detectors/gradientOutlier';
import { layerCollapse } from './detectors/layerCollapse';
import { layerExplosion } from './detectors/layerExplosion';
import { learningRateOffPlan } from './detectors/learningRateOffPlan';
import { lossScale } from './detectors/lossScale';
import { lossSpike } from './detectors/lossSpike';
import { nonFinite } from './detectors/nonFinite';
import { offCurve } from './detectors/offCurve';
import { outputLogits } from './detectors/outputLogits';
import { overfitting } from './detectors/overfitting';
import { plateau } from './detectors/plateau';
import { repeatedData } from './detectors/repeatedData';
import { restartSeam } from './detectors/restartSeam';
import { sharpness } from './detectors/sharpness';
import { stalledRun } from './detectors/stalledRun';
import { throughputDrop } from './detectors/throughputDrop';
import { warmup } from './detectors/warmup';
import { weightScale } from './detectors/weightScale';
import type { WarningId } from './warning';

/** All detectors in order of their ids. */
export const DETECTORS: readonly Detector[] = [
  aboveSiblings,
  activationRms,
  adamEpsilon,
  attentionEntropy,
  attentionLogits,
  clipping,
  cosineHorizon,
  criticalBatch,
  delayedGeneralisation,
  divergence,
  divergenceAhead,
  doubleDescent,
  gradientOutlier,
  layerCollapse,
  layerExplosion,
  learningRateOffPlan,
  lossScale,
  lossSpike,
  nonFinite,
  offCurve,
  outputLogits,
  overfitting,
  plateau,
  repeatedData,
  restartSeam,
  sharpness,
  stalledRun,
  throughputDrop,
  warmup,
  weightScale,
];

/** The detector called `id`, or `undefined`. */
export function detectorById(id: WarningId): Detector | undefined {
  return DETECTORS.find((each) => each.id === id);
}
