import { test } from 'node:test';
import { casesOf } from '../check';

const cases = casesOf('adamEpsilon', {
  fires: [
    {
      name: 'a norm of 0.3 over 1.5e11 parameters',
      facts: { epsilon: 1e-7, parameters: 1.5e11 },
      points: (points) => points,
      severity: 'warning',
      text: /times epsilon/,
    },
  ],
  silent: [
    {
      name: 'a recorded run with its own epsilon',
      facts: { epsilon: 1e-8, parameters: 1.24e8 },
      points: (points) => points,
    },
    { name: 'an unknown number of parameters', facts: { epsilon: 1e-3 }, points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
