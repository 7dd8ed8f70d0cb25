import type { GeneralPrior } from './learnPrior';

/** Prior learnt from public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_PRIOR: GeneralPrior = {
  adamw: { centre: [-0.611, -1.5, -1.53, -0.201], spread: [0.15, 0.1, 0.7, 0.25] },
  perLogLr: [0, 0.456, 0, -0.268],
  other: { centre: [-0.611, -1.6, -1.53, -0.382], spread: [0.25, 0.8, 0.9, 0.35] },
  balance: { mean: 0.31, sd: 0.4 },
  from: { families: 35, sources: ['MultiPowerLaw', 'lr-scheduling', 'modded-nanogpt', 'tyler-romero'] },
};
