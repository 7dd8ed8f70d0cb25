import { test } from 'node:test';
import { casesOf, series } from '../check';

const falling = (low: number) =>
  series(
    'attention_entropy',
    Array.from({ length: 500 }, (_, i) => low + (5 - low) * Math.exp(-Math.max(0, i - 100) / 50)),
  );

const cases = casesOf('attentionEntropy', {
  fires: [{ name: 'a collapse', points: () => falling(0.1), severity: 'warning', step: [200, 320] }],
  silent: [
    { name: 'heads that become more specific', points: () => falling(1.5) },
    { name: 'the entropy of a policy', points: () => falling(0.1).map((p) => ({ ...p, series: 'entropy' })) },
  ],
});
for (const { name, run } of cases) test(name, run);
