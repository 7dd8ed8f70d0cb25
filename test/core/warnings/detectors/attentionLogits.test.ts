import { test } from 'node:test';
import { casesOf, series } from '../check';

const growing = (name: string, perStep: number, count = 600) =>
  series(
    name,
    Array.from({ length: count }, (_, i) => 5 * Math.exp(perStep * i) * (1 + 0.05 * Math.sin(i))),
    10,
  );

const cases = casesOf('attentionLogits', {
  fires: [
    {
      name: 'growth that passes 10 000 within the plan',
      facts: { totalSteps: 20_000 },
      points: () => growing('attn/max_logit', 0.008).map((p) => ({ ...p, series: 'attn_logits_max' })),
      severity: 'warning',
      text: /passes/,
    },
    {
      name: 'logits beyond 10 000',
      points: () => series('max_attention_logit', [10, 100, 20_000]),
      severity: 'warning',
      step: 3,
    },
  ],
  silent: [
    { name: 'steady logits', points: () => growing('attn_logits_max', 0) },
    { name: 'growth that ends before', facts: { totalSteps: 6000 }, points: () => growing('attn_logits_max', 0.006) },
    { name: 'another series', points: () => growing('logits_to_keep', 0.02) },
  ],
});
for (const { name, run } of cases) test(name, run);
