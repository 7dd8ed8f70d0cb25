import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 1.12, of95: 1.92 },
  publicOther: { of80: 1.55, of95: 4.16 },
  publicNoisy: { of80: 1.56, of95: 2.73 },
  publicOtherNoisy: { of80: 1.3, of95: 4.12 },
  history: { of80: 1.22, of95: 2.13 },
  historyOther: { of80: 1.4, of95: 2.77 },
  historyNoisy: { of80: 1.4, of95: 2.39 },
  historyOtherNoisy: { of80: 1.8, of95: 3.13 },
};
