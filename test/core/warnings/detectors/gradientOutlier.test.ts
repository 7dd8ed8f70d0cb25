import { test } from 'node:test';
import { altered, casesOf } from '../check';

const times =
  (factor: number, ...steps: number[]) =>
  (points: Parameters<typeof altered>[0]) =>
    altered(points, 'grad_norm', (value, step) => (steps.includes(step) ? value * factor : value));

const cases = casesOf('gradientOutlier', {
  fires: [
    { name: 'a norm of 20 times the usual', points: times(20, 3000), severity: 'info', step: 3000 },
    { name: 'a norm of 200 times the usual', points: times(200, 3000), severity: 'warning', step: 3000 },
    { name: 'three in a row', points: times(20, 3000, 3020, 3060), severity: 'warning', step: 3000, text: /3 such/ },
  ],
  silent: [
    { name: 'the first 7000 steps of a recorded run', points: (points) => points.filter(({ step }) => step < 7000) },
    {
      name: 'three times the usual norm',
      points: (points) => times(3, 3000)(points.filter(({ step }) => step < 7000)),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
