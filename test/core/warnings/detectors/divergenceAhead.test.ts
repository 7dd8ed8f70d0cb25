import { test } from 'node:test';
import { altered, casesOf } from '../check';

const rising = (perStep: number) => (points: Parameters<typeof altered>[0]) =>
  altered(points, 'train_loss', (value, step) => value * (1 + perStep * Math.max(0, step - 4000)));

const cases = casesOf('divergenceAhead', {
  fires: [
    { name: 'a rise of 1 % in 100 steps', points: rising(1e-4), severity: 'warning', step: [4100, 4400], text: /20/ },
    { name: 'a rise of 1 % in 1000 steps', points: rising(1e-5 * 2), severity: 'warning', step: [4000, 8000] },
    {
      name: 'a rise that ends',
      points: (points) =>
        altered(points, 'train_loss', (value, step) =>
          step > 4000 && step < 4800 ? value * (1 + (step - 4000) / 16_000) : value,
        ),
      severity: 'info',
    },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    { name: 'a loss smoothed by the logger', run: 'formats/nanochat/speedrunD24.log', points: (points) => points },
    {
      name: 'a rise that begins with the learning rate',
      points: (points) =>
        points.map((point) => {
          if (point.step < 4000) return point;
          if (point.series === 'learning_rate') return { ...point, value: 2 * point.value };
          return point.series === 'train_loss' ? { ...point, value: 1.04 * point.value } : point;
        }),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
