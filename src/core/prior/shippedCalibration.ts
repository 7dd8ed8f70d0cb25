import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 0.78, of95: 1.4 },
  publicNoisy: { of80: 1.11, of95: 1.86 },
  own: { of80: 1.11, of95: 1.88 },
  ownNoisy: { of80: 1.5, of95: 2.64 },
};
