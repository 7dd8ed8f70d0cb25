import { test } from 'node:test';
import { casesOf, series } from '../check';

const growing = (name: string, perStep: number) =>
  series(
    name,
    Array.from({ length: 800 }, (_, i) => 1.5 * Math.exp(perStep * i) * (1 + 0.1 * Math.sin(i))),
  );

const cases = casesOf('activationRms', {
  fires: [
    {
      name: 'growth without bound',
      points: () => growing('layer7/activation_rms', 0.01),
      severity: 'warning',
      step: [280, 340],
      text: /times as much/,
    },
  ],
  silent: [
    { name: 'moderate growth', points: () => growing('layer7/activation_rms', 0.002) },
    { name: 'a norm of something else', points: () => growing('params_norm', 0.01) },
  ],
});
for (const { name, run } of cases) test(name, run);
