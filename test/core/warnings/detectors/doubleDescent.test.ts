import { test } from 'node:test';
import { casesOf, series } from '../check';

const evals = (count: number, value: (i: number) => number) =>
  series(
    'val_loss',
    Array.from({ length: count }, (_, i) => value(i)),
    100,
  );
const second = (i: number) => (i < 10 ? 3 - 0.1 * i : i < 25 ? 2 + 0.05 * (i - 10) : 2.75 - 0.06 * (i - 25));

const cases = casesOf('doubleDescent', {
  fires: [
    { name: 'a fall below the first minimum', points: () => evals(60, second), severity: 'info', step: [3500, 4200] },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    { name: 'a rise without a second fall', points: () => evals(25, second) },
    { name: 'recorded evaluations that are noisy', run: 'formats/csv/lightningV1.csv', points: (points) => points },
    { name: 'a single bad evaluation', points: () => evals(60, (i) => 3 - 0.01 * i + (i === 30 ? 2 : 0)) },
  ],
});
for (const { name, run } of cases) test(name, run);
