import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 1.56, of95: 2.73 },
  history: { of80: 1.65, of95: 3.05 },
};
