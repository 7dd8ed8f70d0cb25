import { test } from 'node:test';
import { normals } from '../../fit/random';
import { casesOf, merged, series } from '../check';

const noise = normals(2000, 3);
/** Four passes of 500 steps; the loss falls by `fall` at the start of each. */
const passes = (fall: number) =>
  series(
    'train_loss',
    Array.from(noise, (n, i) => 2 - fall * Math.floor(i / 500) + 0.03 * n),
  );
const epochs = series(
  'epoch',
  Array.from(noise, (_, i) => i / 500),
);

const cases = casesOf('repeatedData', {
  fires: [
    {
      name: 'a staircase',
      points: () => merged(epochs, passes(0.3)),
      severity: 'info',
      step: [1000, 1003],
      text: /pass 3/,
    },
    {
      name: 'a staircase by the configuration',
      facts: { stepsPerEpoch: 500 },
      points: () => passes(0.3),
      severity: 'info',
    },
  ],
  silent: [
    { name: 'passes that leave no trace', points: () => merged(epochs, passes(0)) },
    { name: 'passes of unknown length', points: () => passes(0.3) },
    { name: 'a recorded run', points: (points) => points },
    { name: 'a recorded fine-tuning', run: 'formats/jsonl/llamaFactory.jsonl', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
