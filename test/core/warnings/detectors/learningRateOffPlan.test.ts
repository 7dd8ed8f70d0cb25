import { test } from 'node:test';
import type { Schedule } from '../../../../src/core/plan/plan';
import { altered, casesOf, only } from '../check';

/** The schedule of the recorded run: warm-up of 700 steps, cosine to 0 at step 19560. */
const schedule: Schedule = {
  family: 'cosine',
  totalSteps: 19_560,
  warmupSteps: 700,
  peakLr: 0.0018,
  finalLr: 0.00018,
  decayStart: 700,
  decaySteps: 18_860,
};

const cases = casesOf('learningRateOffPlan', {
  fires: [
    {
      name: 'a scheduler that is no longer stepped',
      facts: { schedule: { ...schedule, peakLr: 0.001, finalLr: 0 } },
      points: () =>
        Array.from({ length: 10_000 }, (_, i) => {
          const u = (Math.min(i, 4000) - 700) / 18_860;
          const rate = i < 700 ? i / 700 : (1 + Math.cos(Math.PI * u)) / 2;
          return { series: 'learning_rate', step: i, value: 0.001 * rate };
        }),
      severity: 'warning',
      step: [4000, 7000],
    },
    {
      name: 'ten times the stated peak',
      facts: { peakLr: 0.00006 },
      points: (points) => only(points, 'learning_rate'),
      step: [0, 100],
      text: /stated peak/,
    },
    {
      name: 'a scheduler that begins anew after a resume',
      points: (points) =>
        altered(only(points, 'learning_rate'), 'learning_rate', (value, step) => (step > 4000 ? 2 * value : value)),
      step: 4001,
      text: /jumps/,
    },
  ],
  silent: [
    { name: 'a recorded run', points: (points) => points },
    {
      name: 'a run that follows its plan, rounded',
      facts: { schedule: { ...schedule, peakLr: 0.001, finalLr: 0 } },
      points: () =>
        Array.from({ length: 19_000 }, (_, i) => {
          const rate = i < 700 ? (i + 1) / 700 : (1 + Math.cos((Math.PI * (i - 700)) / 18_860)) / 2;
          return { series: 'learning_rate', step: i, value: Number((0.001 * rate).toPrecision(3)) };
        }),
    },
    {
      name: 'a new start',
      points: (points) => [...only(points, 'learning_rate'), ...only(points, 'learning_rate')],
    },
  ],
});
for (const { name, run } of cases) test(name, run);
