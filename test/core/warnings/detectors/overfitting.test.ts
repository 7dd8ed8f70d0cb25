import { test } from 'node:test';
import { casesOf, merged, series } from '../check';

const train = (low: number) =>
  series(
    'train_loss',
    Array.from({ length: 3000 }, (_, i) => low + 3 / Math.sqrt(1 + i / 20) + 0.02 * Math.sin(i * 7)),
  );
const evals = (value: (i: number) => number) =>
  series(
    'val_loss',
    Array.from({ length: 30 }, (_, i) => value(i) + 0.005 * Math.sin(i * 5)),
    100,
  );
const turning = (i: number) => 2 + 0.02 * Math.abs(i - 10) + (i < 10 ? 0.1 * (10 - i) : 0);

const cases = casesOf('overfitting', {
  fires: [
    {
      name: 'a validation loss that turns',
      points: () => merged(train(1), evals(turning)),
      severity: 'warning',
      step: [900, 1300],
    },
    {
      name: 'a recorded run of nanoGPT on Shakespeare',
      run: 'formats/csv/wandbHistory.csv',
      points: (points) => points,
      step: 130,
    },
    {
      name: 'one that comes back',
      points: () =>
        merged(
          train(1),
          evals((i) => (i > 24 ? 1.5 : turning(i))),
        ),
      severity: 'info',
    },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    {
      name: 'a validation loss that is merely noisy',
      points: () =>
        merged(
          train(1),
          evals((i) => 2 - 0.01 * i + 0.2 * Math.sin(i * 3)),
        ),
    },
    {
      name: 'both losses rising',
      points: () =>
        merged(
          series(
            'train_loss',
            Array.from({ length: 3000 }, (_, i) => 2 + i / 1000),
          ),
          evals(turning),
        ),
    },
    { name: 'no training loss', points: () => evals(turning) },
  ],
});
for (const { name, run } of cases) test(name, run);
