import type { GeneralPrior } from './learnPrior';

/** Prior learnt from public runs. Written by `npm run bench learnPrior`: change nothing by hand. */
export const SHIPPED_PRIOR: GeneralPrior = {
  centre: [-0.607, -1.54, -1.87, -0.317],
  perLogLr: [0, 0.377, 0, -0.273],
  spread: [0.3, 0.15, 0.7, 0.35],
  spreadOther: [0.3, 0.442, 0.7, 0.35],
  from: { families: 43, sources: ['MultiPowerLaw', 'lr-scheduling', 'modded-nanogpt', 'tyler-romero'] },
};
