import { test } from 'node:test';
import { casesOf, series } from '../check';

/** A scale that doubles every 200 steps after a search from 2^32, and is halved at `steps`. */
function scales(...steps: number[]): number[] {
  let scale = 2 ** 32;
  return Array.from({ length: 3000 }, (_, i) => {
    if (i < 16) scale /= 2;
    else if (steps.includes(i)) scale /= 2;
    return scale;
  });
}

const cases = casesOf('lossScale', {
  fires: [
    {
      name: 'four halvings in 300 steps',
      points: () => series('loss_scale', scales(1000, 1100, 1200, 1300)),
      severity: 'warning',
      step: 1001,
    },
    {
      name: 'a recorded fairseq run',
      run: 'formats/fairseq/bigRun1.log',
      points: (points) => points,
      severity: 'warning',
    },
  ],
  silent: [
    { name: 'the search at the start', points: () => series('loss_scale', scales()) },
    { name: 'a halving now and then', points: () => series('loss_scale', scales(500, 1600, 2700)) },
    { name: 'a recorded run', run: 'formats/megatron/moeLtd.log', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
