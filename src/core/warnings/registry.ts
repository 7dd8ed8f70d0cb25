import type { Detector } from './detector';
import { divergence } from './detectors/divergence';
import { divergenceAhead } from './detectors/divergenceAhead';
import { gradientOutlier } from './detectors/gradientOutlier';
import { lossSpike } from './detectors/lossSpike';
import { nonFinite } from './detectors/nonFinite';
import { plateau } from './detectors/plateau';
import type { WarningId } from './warning';

/** All detectors in order of their ids. */
export const DETECTORS: readonly Detector[] = [
  divergence,
  divergenceAhead,
  gradientOutlier,
  lossSpike,
  nonFinite,
  plateau,
];

/** The detector called `id`, or `undefined`. */
export function detectorById(id: WarningId): Detector | undefined {
  return DETECTORS.find((each) => each.id === id);
}
