import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 1.71, of95: 2.86 },
  history: { of80: 1.39, of95: 2.53 },
  publicNoisy: { of80: 1.06, of95: 1.92 },
  historyNoisy: { of80: 1.45, of95: 2.34 },
};
