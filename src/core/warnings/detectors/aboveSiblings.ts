import { detector } from '../detector';

export const aboveSiblings = detector<object>({
  id: 'aboveSiblings',
  title: 'Far above its siblings',
  meaning:
    'At its newest step the loss is far above that of the runs beside it, by more than these differ among themselves. Compared are runs of one folder that log the same loss; a run with another model or other data is no sibling in truth.',
  advice:
    'Compare the configurations. Curves of one family that are normalised by compute and final loss fall on each other; one that leaves the others has a wrong setting or a fault, and is the first to stop.',
  source: {
    authors: 'Qiu et al.',
    year: 2025,
    title: 'Scaling Collapse Reveals Universal Dynamics in Compute-Optimally Trained Neural Networks',
    id: '2507.02119',
    where: 'collapse of normalised loss curves',
  },
  concerns: ['learningRate', 'batchSize'],
  // It compares runs, so it is found by `engine/siblings.ts` and not from points.
  listens: /(?!)/,
  start: () => ({}),
  point: () => undefined,
});
