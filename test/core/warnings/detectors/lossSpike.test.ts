import { test } from 'node:test';
import { altered, casesOf, only } from '../check';
import type { Point } from '../replay';

/** Noise of the recorded losses around step 1500, in nats. */
const SIGMA = 0.04;

/** A part of the run in which nothing happens. */
const calm = (points: readonly Point[]) => only(points, 'train_loss').filter(({ step }) => step > 850 && step < 7000);

const spike =
  (height: number, decay: number, at = 1500) =>
  (points: readonly Point[]) =>
    altered(calm(points), 'train_loss', (value, step) =>
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
      points: (points) =>
        altered(calm(points), 'train_loss', (value, step) => (step < 1500 ? value : value + 12 * SIGMA)),
      severity: 'warning',
      step: [1499, 1503],
      text: /has not come back/,
    },
  ],
  silent: [
    { name: 'the noise of the run', points: calm },
    {
      name: 'one bad batch in ten',
      points: (points) =>
        altered(calm(points), 'train_loss', (value, step) => (step % 10 === 0 ? value + 10 * SIGMA : value)),
    },
    {
      name: 'a loss that falls by half at once, as with a step of the learning rate',
      points: (points) => altered(calm(points), 'train_loss', (value, step) => (step > 1500 ? value / 2 : value)),
    },
  ],
});

for (const { name, run } of cases) test(name, run);
