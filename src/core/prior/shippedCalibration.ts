import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  publicBefore: { of80: 1.26, of95: 2.05 },
  publicWithin: { of80: 2.18, of95: 6.09 },
  historyBefore: { of80: 1.02, of95: 1.9 },
  historyWithin: { of80: 1.13, of95: 2.63 },
};
