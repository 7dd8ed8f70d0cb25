import { test } from 'node:test';
import { altered, casesOf } from '../check';

const nanFrom =
  (from: number, to = Number.POSITIVE_INFINITY) =>
  (points: Parameters<typeof altered>[0]) =>
    altered(points, 'train_loss', (value, step) => (step >= from && step <= to ? Number.NaN : value));

const cases = casesOf('nonFinite', {
  fires: [
    { name: 'a loss that stays NaN', points: nanFrom(500), severity: 'error', step: 500, text: /step 499/ },
    {
      name: 'one NaN in between',
      points: nanFrom(500, 500),
      severity: 'warning',
      step: 500,
      text: /again at step 501/,
    },
    {
      name: 'an infinite gradient norm',
      points: (points) =>
        altered(points, 'grad_norm', (value, step) => (step === 300 ? Number.POSITIVE_INFINITY : value)),
      severity: 'info',
      step: 300,
    },
    { name: 'a loss that never was a number', points: nanFrom(0), severity: 'error', text: /never had/ },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    {
      name: 'NaN in place of evaluations that were not made',
      points: (points) => [{ series: 'val_loss', step: 0, value: Number.NaN }, ...points],
    },
  ],
});

for (const { name, run } of cases) test(name, run);
