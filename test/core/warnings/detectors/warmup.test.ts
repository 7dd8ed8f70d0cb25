import { test } from 'node:test';
import { altered, casesOf } from '../check';

const cases = casesOf('warmup', {
  fires: [
    {
      name: 'a loss that rises as the rate reaches its peak',
      facts: { beta2: 0.999 },
      points: (points) =>
        altered(points, 'train_loss', (value, step) => (step > 600 && step < 900 ? value + 2 : value)),
      severity: 'warning',
      step: [500, 620],
      text: /2000 steps/,
    },
    {
      name: 'a third of the run',
      facts: { warmupSteps: 3000, totalSteps: 9000 },
      points: (points) => points,
      severity: 'info',
      text: /3000 of 9000/,
    },
  ],
  silent: [
    { name: 'a recorded run', facts: { warmupSteps: 700, totalSteps: 19_560 }, points: (points) => points },
    { name: 'a test of ten steps', facts: { warmupSteps: 10, totalSteps: 10 }, points: (points) => points },
    { name: 'a plan in mixed units', facts: { warmupSteps: 819_200, totalSteps: 2148 }, points: (points) => points },
    {
      name: 'a rise long after the warm-up',
      points: (points) => altered(points, 'train_loss', (value, step) => (step > 5000 ? value + 2 : value)),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
