import type { Calibration } from '../forecast/calibration';

/** Half-widths learnt from forecasts of public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_CALIBRATION: Calibration = {
  public: { of80: 1.12, of95: 1.92 },
  publicOther: { of80: 1.55, of95: 4.16 },
  publicNoisy: { of80: 1.56, of95: 2.73 },
  publicOtherNoisy: { of80: 1.3, of95: 4.12 },
  once: { of80: 1.32, of95: 2.25 },
  onceOther: { of80: 1.4, of95: 3.19 },
  onceNoisy: { of80: 1.45, of95: 2.55 },
  onceOtherNoisy: { of80: 1.73, of95: 3.08 },
  history: { of80: 1.1, of95: 2.01 },
  historyOther: { of80: 1.62, of95: 2.9 },
  historyNoisy: { of80: 1.3, of95: 2.19 },
  historyOtherNoisy: { of80: 1.84, of95: 3.29 },
};
