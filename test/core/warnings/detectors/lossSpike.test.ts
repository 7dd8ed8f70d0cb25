import { test } from 'node:test';
import { altered, casesOf, only } from '../check';
import type { Point } from '../replay';

/** Noise of the recorded losses around step 1500, in nats. */
const SIGMA = 0.04;

const spike =
  (height: number, decay: number, at = 1500) =>
  (points: readonly Point[]) =>
    altered(points, 'train_loss', (value, step) =>
      step < at ? value : value + height * Math.exp((at - step) / decay),
    );

const cases = casesOf('lossSpike', {
  fires: [
    {
      name: 'a spike that decays',
      points: spike(8 * SIGMA, 6),
      severity: 'info',
      step: [1499, 1503],
      text: /was back/,
    },
    {
      name: 'a spike that stays',
      points: (points) => altered(points, 'train_loss', (value, step) => (step < 1500 ? value : value + 12 * SIGMA)),
      severity: 'warning',
      step: [1499, 1503],
      text: /has not come back/,
    },
  ],
  silent: [
    { name: 'the noise of the run', points: (points) => only(points, 'train_loss').filter(({ step }) => step > 850) },
    {
      name: 'one bad batch where batches are noisy',
      run: 'formats/moddedNanogpt/valueEmbed.txt',
      points: (points) => points,
    },
    {
      name: 'a loss that falls by half at once, as with a step of the learning rate',
      points: (points) =>
        altered(
          only(points, 'train_loss').filter(({ step }) => step > 850),
          'train_loss',
          (value, step) => (step > 1500 ? value / 2 : value),
        ),
    },
  ],
});

for (const { name, run } of cases) test(name, run);
