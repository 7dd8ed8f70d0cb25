import { test } from 'node:test';
import { normals } from '../../fit/random';
import { casesOf, series } from '../check';

const noise = normals(1000, 5);
const speed = (name: string, change: (value: number, i: number) => number, usual = 1e5) =>
  series(
    name,
    Array.from(noise, (n, i) => change(usual * (1 + 0.03 * n) * (i < 3 ? 0.1 : 1), i)),
  );

const cases = casesOf('throughputDrop', {
  fires: [
    {
      name: 'a third slower',
      points: () => speed('throughput', (v, i) => (i < 600 ? v : v * 0.67)),
      severity: 'warning',
      step: [600, 602],
    },
    {
      name: 'steps that take longer',
      points: () => speed('iteration_time', (v, i) => (i < 600 ? v : v * 1.5), 0.4),
      severity: 'warning',
      step: [600, 602],
    },
    {
      name: 'for a while',
      points: () => speed('throughput', (v, i) => (i > 600 && i < 700 ? v * 0.5 : v)),
      severity: 'info',
      text: /as before/,
    },
  ],
  silent: [
    { name: 'steady speed', points: () => speed('throughput', (v) => v) },
    { name: 'pauses for evaluations', points: () => speed('throughput', (v, i) => (i % 50 < 3 ? v * 0.2 : v)) },
    { name: 'ten percent', points: () => speed('throughput', (v, i) => (i < 600 ? v : v * 0.9)) },
    { name: 'a recorded run', run: 'formats/llmc/slurm750.log', points: (points) => points },
  ],
});
for (const { name, run } of cases) test(name, run);
