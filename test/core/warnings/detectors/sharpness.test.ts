import { test } from 'node:test';
import { casesOf, merged, series } from '../check';

const rates = series('learning_rate', new Array<number>(100).fill(0.01), 10);
const sharp = (name: string, value: number) =>
  series(
    name,
    Array.from({ length: 100 }, (_, i) => value * Math.min(1, i / 50)),
    10,
  );

const cases = casesOf('sharpness', {
  fires: [
    {
      name: 'twice the edge',
      points: () => merged(rates, sharp('sharpness', 400)),
      severity: 'warning',
      text: /is 200/,
    },
    {
      name: 'twice the edge of Adam',
      points: () => merged(rates, sharp('precond_sharpness', 7600)),
      severity: 'warning',
    },
  ],
  silent: [
    { name: 'at the edge', points: () => merged(rates, sharp('sharpness', 220)) },
    { name: 'no learning rate', points: () => sharp('sharpness', 400) },
  ],
});
for (const { name, run } of cases) test(name, run);
