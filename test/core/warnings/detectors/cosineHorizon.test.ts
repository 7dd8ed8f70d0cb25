import { test } from 'node:test';
import { casesOf } from '../check';

const planned = (family: string, decayEnd: number | null, totalSteps: number | null) => ({
  facts: { family, decayEnd, totalSteps },
  points: (points: readonly { series: string; step: number; value: number }[]) => points.slice(0, 50),
});

const cases = casesOf('cosineHorizon', {
  fires: [
    {
      name: 'a cosine that is cut short',
      ...planned('cosine', 600_000, 300_000),
      severity: 'warning',
      text: /cut short by 100/,
    },
    { name: 'a linear decay that ends early', ...planned('linear', 800, 1000), severity: 'warning', text: /too early/ },
    { name: 'a recorded Megatron run', run: 'formats/megatron/bigscienceMegDs.out', ...planned('cosine', 800, 1000) },
  ],
  silent: [
    { name: 'a decay that ends with the run', ...planned('cosine', 19_560, 19_560) },
    { name: 'one that differs by a warm-up', ...planned('cosine', 20_000, 19_560) },
    { name: 'a constant rate', ...planned('constant', 800, 1000) },
    { name: 'an unknown length', ...planned('cosine', 800, null) },
    { name: 'an upper bound on the steps', ...planned('cosine', 4959, 171_661) },
  ],
});
for (const { name, run } of cases) test(name, run);
