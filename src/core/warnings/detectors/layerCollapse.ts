import { detector } from '../detector';

export const layerCollapse = detector<object>({
  id: 'layerCollapse',
  title: 'A layer collapses',
  meaning:
    'The weights of a layer lose directions: their soft rank fell by a fifth within a twentieth of the run without a change of the learning rate, or all of them are zero. What is lost is capacity that is paid for; the loss may not show it yet. The thresholds are those of this project.',
  advice:
    'Open the spectra of the checkpoint and compare the layer with its neighbours. A smaller learning rate or weight decay for it, or normalisation before it, are what is tried; weights at zero are usually frozen, masked or never reached.',
  source: {
    authors: 'Jha & Reagen',
    year: 2025,
    title: 'Spectral scaling laws of feed-forward width',
    id: '2510.00537',
    where: 'soft rank; of weights here, where the paper takes activations',
  },
  concerns: ['learningRate', 'weightDecay'],
  // It needs the spectra of checkpoints, so it is found by `spectra/laws/layerWarnings.ts` and not from points of the log.
  listens: /(?!)/,
  start: () => ({}),
  point: () => undefined,
});
