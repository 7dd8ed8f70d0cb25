import { test } from 'node:test';
import { normals } from '../../fit/random';
import { casesOf, series } from '../check';

const scale = (mean: number) =>
  series(
    'gradient_noise_scale',
    normals(400, 11).map((n) => mean * (1 + n)),
  );

const cases = casesOf('criticalBatch', {
  fires: [
    {
      name: 'a batch of ten times the noise scale',
      facts: { batch: 5000 },
      points: () => scale(500),
      severity: 'info',
      text: /batch is 5000/,
    },
  ],
  silent: [
    { name: 'a batch below it', facts: { batch: 400 }, points: () => scale(500) },
    { name: 'an unknown batch', points: () => scale(500) },
    {
      name: 'an estimate that is all noise',
      facts: { batch: 5000 },
      points: () => scale(500).map((p) => ({ ...p, value: p.value - 600 })),
    },
  ],
});
for (const { name, run } of cases) test(name, run);
