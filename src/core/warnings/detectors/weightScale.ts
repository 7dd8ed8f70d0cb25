import { detector } from '../detector';

export const weightScale = detector<object>({
  id: 'weightScale',
  title: 'Weights are off the scale of their decay',
  meaning:
    'In the steady state of AdamW the singular values of a matrix are proportional to the square root of learning rate over weight decay. Two settings that each lasted two averaging times 1/(learning rate · decay) were compared, and the largest singular values did not follow. The decay may not reach these weights, or not be multiplied by the learning rate.',
  advice:
    'Check which parameters the decay applies to, and whether the optimizer decouples it as PyTorch does. With independent decay the scale is learning rate over the square root of the decay.',
  source: {
    authors: 'Fan et al.',
    year: 2025,
    title: 'Robust Layerwise Scaling Rules by Proper Weight Decay Tuning',
    id: '2510.15262',
    where: "steady state of AdamW; the tolerance of 25 % is this project's",
  },
  concerns: ['weightDecay', 'learningRate'],
  // It needs the spectra of checkpoints, so it is found by `spectra/laws/layerWarnings.ts` and not from points of the log.
  listens: /(?!)/,
  start: () => ({}),
  point: () => undefined,
});
