import { test } from 'node:test';
import { casesOf, merged, series } from '../check';

const train = series(
  'train_loss',
  Array.from({ length: 4000 }, (_, i) => 4 * Math.exp(-i / 100) + 0.01),
);
const evals = (value: (i: number) => number) =>
  series(
    'val_loss',
    Array.from({ length: 40 }, (_, i) => value(i)),
    100,
  );

const cases = casesOf('delayedGeneralisation', {
  fires: [
    {
      name: 'a fall long after',
      points: () =>
        merged(
          train,
          evals((i) => (i < 25 ? 4 + i / 20 : 5 * Math.exp((25 - i) / 5))),
        ),
      severity: 'info',
      step: [2600, 3000],
    },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    {
      name: 'both losses falling together',
      points: () =>
        merged(
          train,
          evals((i) => 4 * Math.exp(-i / 2) + 0.02),
        ),
    },
    {
      name: 'a validation loss that stays high',
      points: () =>
        merged(
          train,
          evals((i) => 4 + i / 20),
        ),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
