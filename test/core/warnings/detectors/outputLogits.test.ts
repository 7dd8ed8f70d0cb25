import { test } from 'node:test';
import { casesOf, series } from '../check';

const drifting = (name: string, perStep: number) =>
  series(
    name,
    Array.from({ length: 800 }, (_, i) => 10 + perStep * i + Math.sin(i)),
  );

const cases = casesOf('outputLogits', {
  fires: [
    {
      name: 'a log Z that drifts down',
      points: () => drifting('train/log_z', -0.1),
      severity: 'warning',
      step: [300, 420],
    },
    { name: 'a mean logit', points: () => drifting('logits/mean', -0.1), severity: 'warning' },
  ],
  silent: [
    { name: 'a log Z that stays', points: () => drifting('log_z', -0.01) },
    { name: 'another series', points: () => drifting('catalog_zeta', -1) },
  ],
});
for (const { name, run } of cases) test(name, run);
