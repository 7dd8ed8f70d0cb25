import { test } from 'node:test';
import { normals } from '../../fit/random';
import { casesOf, series } from '../check';

/** L = 2.5 + 4 t^-0.3 with noise; from `flat` on it no longer falls. */
function losses(count: number, flat: number, noise = 0.02): Float64Array {
  return normals(count, 7).map((n, i) => 2.5 + 4 * Math.min(i + 1, flat) ** -0.3 + noise * n);
}

const cases = casesOf('plateau', {
  fires: [
    {
      name: 'a loss that stops falling',
      points: () => series('train_loss', losses(3000, 500)),
      severity: 'info',
      step: [450, 1500],
    },
    {
      name: 'a loss that stops falling for a while',
      points: () =>
        series(
          'train_loss',
          losses(6000, 1e9).map((value, i) =>
            i < 500 || i > 3000 ? value : value - 4 * (i + 1) ** -0.3 + 4 * 500 ** -0.3,
          ),
        ),
      text: /falls again/,
    },
  ],
  silent: [
    { name: 'a power law', points: () => series('train_loss', losses(6000, 1e9)) },
    { name: 'noise that hides the fall', points: () => series('train_loss', losses(3000, 500, 0.8)) },
    {
      name: 'a level loss after the decay',
      points: () =>
        [
          ...series('learning_rate', [1e-3]),
          { series: 'learning_rate', step: 400, value: 1e-5 },
          ...series('train_loss', losses(3000, 500)),
        ].sort((a, b) => a.step - b.step),
    },
    { name: 'a recorded run', points: (points) => points },
    { name: 'a short recorded run', run: 'formats/gptNeox/pretrain70m.out', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
