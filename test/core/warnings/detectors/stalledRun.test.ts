import { test } from 'node:test';
import { casesOf, series } from '../check';

const clock = (pause: number, at: number) =>
  series(
    'wall_time',
    Array.from({ length: 300 }, (_, i) => 1.7e9 + 10 * i + (i >= at ? pause : 0)),
  );

const cases = casesOf('stalledRun', {
  fires: [
    { name: 'an hour without a line', points: () => clock(3600, 200), severity: 'info', step: 200, text: /for 1\sh/ },
  ],
  silent: [
    { name: 'a steady log', points: () => clock(0, 0) },
    { name: 'a checkpoint that takes two minutes', points: () => clock(120, 200) },
    { name: 'the time between two launches', points: () => [...clock(0, 0), ...clock(1e5, 0)] },
  ],
});
for (const { name, run } of cases) test(name, run);
