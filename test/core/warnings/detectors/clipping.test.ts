import { test } from 'node:test';
import { casesOf } from '../check';

const cases = casesOf('clipping', {
  fires: [
    {
      name: 'a threshold below the usual norm',
      facts: { clip: 0.25, warmupSteps: 700 },
      points: (points) => points,
      severity: 'info',
      step: [1800, 8000],
    },
  ],
  silent: [
    { name: 'a recorded run with its own threshold', facts: { clip: 1, warmupSteps: 700 }, points: (points) => points },
    {
      name: 'norms that are large in the warm-up only',
      facts: { clip: 0.6, warmupSteps: 700 },
      points: (points) => points,
    },
    { name: 'an unknown threshold', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
