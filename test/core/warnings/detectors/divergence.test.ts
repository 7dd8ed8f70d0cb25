import { test } from 'node:test';
import { altered, casesOf, only } from '../check';
import type { Point } from '../replay';

const level = (from: number, to: number, height: number) => (points: readonly Point[]) =>
  altered(points, 'train_loss', (value, step) => (step >= from && step < to ? value + height : value));

const cases = casesOf('divergence', {
  fires: [
    { name: 'a loss that jumps to 7 and stays', points: level(4000, 1e9, 3.5), severity: 'error', step: [4000, 4001] },
    {
      name: 'a slow rise',
      points: (points) =>
        altered(points, 'train_loss', (value, step) => value * Math.exp(Math.max(0, step - 4000) / 4000)),
      severity: 'error',
      step: [4700, 5400],
    },
    { name: 'one that comes back', points: level(4000, 4300, 3.5), severity: 'warning', text: /lowest level/ },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    { name: 'a rise of ten steps', points: level(4000, 4010, 3.5) },
    {
      name: 'a loss that rises because the learning rate was raised again',
      points: (points) =>
        points.map((point) => {
          if (point.step < 4000) return point;
          if (point.series === 'learning_rate') return { ...point, value: 3 * point.value };
          return point.series === 'train_loss' ? { ...point, value: 1.3 * point.value } : point;
        }),
    },
    {
      name: 'a loss near zero that is noisy',
      points: (points) => altered(only(points, 'train_loss'), 'train_loss', (value) => (value - 3.2) * 0.1),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
