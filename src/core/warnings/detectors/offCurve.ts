import { detector } from '../detector';

export const offCurve = detector<object>({
  id: 'offCurve',
  title: 'The run leaves the forecast of its own past',
  meaning:
    'A law fitted to the earlier part of the run forecast what came next, and the loss has stayed clearly above it. Something has changed that the learning rate does not explain: data, batch size, a fault, or a divergence that is still slower than the fall that was due.',
  advice:
    'Look at what changed around the step: data mix, batch size, code, hardware. When nothing was meant to change, go back to a checkpoint before it.',
  source: {
    authors: 'Tissue, Wang & Wang',
    year: 2024,
    title: 'Scaling Law with Learning Rate Annealing',
    id: '2408.11029',
    where: 'equation 1: the loss at every step follows from the learning rates before it',
  },
  concerns: ['learningRate', 'batchSize', 'schedule'],
  // It needs fits of a law, so it is found by `engine/lawWatch.ts` and not from single points.
  listens: /(?!)/,
  start: () => ({}),
  point: () => undefined,
});
