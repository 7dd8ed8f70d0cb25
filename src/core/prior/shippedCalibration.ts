import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 1, of95: 1.59 },
  publicNoisy: { of80: 1.16, of95: 2.03 },
  own: { of80: 1.23, of95: 2.3 },
  ownNoisy: { of80: 1.6, of95: 2.92 },
};
