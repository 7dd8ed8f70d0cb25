import { detector } from '../detector';

export const layerExplosion = detector<object>({
  id: 'layerExplosion',
  title: 'A layer explodes',
  meaning:
    'The largest singular value of a layer has doubled from one checkpoint to the next while the other layers moved less, or entries of it are not finite. Large norms of queries and keys are how attention logits grow before a divergence. The thresholds are those of this project.',
  advice:
    'Look at the gradient norm and the learning rate between the two checkpoints. Go back to the earlier one when entries are not finite; otherwise a smaller learning rate, clipping, or q-k normalisation where it is attention.',
  source: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale proxies for large-scale Transformer training instabilities',
    id: '2309.14322',
    where: 'section 3.1: attention logits and the norms behind them',
  },
  concerns: ['learningRate', 'gradClip', 'warmupSteps'],
  // It needs the spectra of checkpoints, so it is found by `spectra/laws/layerWarnings.ts` and not from points of the log.
  listens: /(?!)/,
  start: () => ({}),
  point: () => undefined,
});
