import type { GeneralPrior } from './learnPrior';

/** Prior learnt from public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_PRIOR: GeneralPrior = {
  adamw: { centre: [-0.617, -1.44, -1.65, -0.202], spread: [0.3, 0.2, 0.626, 0.45] },
  perLogLr: [0, 0.461, 0, -0.268],
  other: { centre: [-0.617, -1.55, -1.65, -0.345], spread: [0.25, 0.8, 0.628, 0.35] },
  balance: { mean: 0.32, sd: 0.4 },
  from: { families: 35, sources: ['MultiPowerLaw', 'lr-scheduling', 'modded-nanogpt', 'tyler-romero'] },
};
