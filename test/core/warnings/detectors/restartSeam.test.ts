import { test } from 'node:test';
import { casesOf, only } from '../check';
import type { Point } from '../replay';

/** Training goes on from step 4000 after step 5000, `higher` above what it was. */
const resumed =
  (higher: number, from = 4000) =>
  (points: readonly Point[]): Point[] => {
    const losses = only(points, 'train_loss').filter(({ step }) => step <= 5000);
    const again = losses.filter(({ step }) => step >= from).map((point) => ({ ...point, value: point.value + higher }));
    return [...losses, ...again];
  };

const cases = casesOf('restartSeam', {
  fires: [
    {
      name: 'a loss that is higher after the restart',
      points: resumed(0.5),
      severity: 'warning',
      step: 4000,
      text: /went on from step 4000/,
    },
  ],
  silent: [
    { name: 'a clean restart', points: resumed(0) },
    { name: 'a new start', points: resumed(0.5, 10) },
    { name: 'a run without restarts', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
