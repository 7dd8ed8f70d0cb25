import type { SimpleSchedule, WhatIfReply } from '../answers/question';
import type { Facts } from './facts';
import type { HyperId } from './hyperparameters';

/** Words for shapes of a decay, as programs write them. */
const SHAPES: readonly (readonly [RegExp, SimpleSchedule['shape']])[] = [
  [/1[-_ ]?sqrt|minus_sqrt/, '1-sqrt'],
  [/cos/, 'cosine'],
  [/lin/, 'linear'],
];

/** Change of a value that a log rounds away. */
const ROUNDING = 0.005;

/**
 * The rest of the plan of a run with the value that the code now gives `id`, all else as planned; `null` when the value is
 * as planned, not known, or says nothing about what is still to come. A longer or shorter run keeps the length of its
 * decay; a new peak scales all that follows.
 */
export function changedSchedule(
  id: HyperId,
  facts: Facts,
  { plan, step }: WhatIfReply['now'],
  peak: number,
): SimpleSchedule | null {
  const make = CHANGES[id];
  const changed = make?.(facts, plan, peak);
  if (
    changed === undefined ||
    !Object.values(changed).every((value) => typeof value === 'string' || Number.isFinite(value))
  )
    return null;
  const next = { ...plan, ...changed };
  const isLater = plan.decayStart > step;
  const decayStart = changed.decayStart ?? plan.decayStart + (isLater ? next.totalSteps - plan.totalSteps : 0);
  return isSame(next, plan) ? null : { ...next, decayStart: Math.max(Math.floor(step), Math.round(decayStart)) };
}

type Change = (facts: Facts, plan: SimpleSchedule, peak: number) => Partial<SimpleSchedule> | undefined;

const length: Change = ({ steps }) => steps && { totalSteps: Math.round(steps.value) };
const lowest: Change = ({ finalLr }) => finalLr && { lowest: finalLr.value };
const decay: Change = ({ cooldownSteps }, { totalSteps }) =>
  cooldownSteps && { decayStart: totalSteps - cooldownSteps.value };

/** What a hyperparameter changes of a plan. */
const CHANGES: Partial<Record<HyperId, Change>> = {
  totalSteps: length,
  totalTokens: length,
  learningRate: ({ lr }, plan, peak) =>
    lr && { rate: (plan.rate * lr.value) / peak, lowest: (plan.lowest * lr.value) / peak },
  finalLr: lowest,
  finalLrRatio: lowest,
  decaySteps: decay,
  decayRatio: decay,
  schedule: ({ schedule }) => {
    const shape = SHAPES.find(([words]) => schedule !== undefined && words.test(schedule.value))?.[1];
    return shape && { shape };
  },
};

function isSame(a: SimpleSchedule, b: SimpleSchedule): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= ROUNDING * Math.max(Math.abs(x), Math.abs(y));
  // A floor is compared with the rate it falls from: 0 and nearly 0 are the same.
  const sameFloor = Math.abs(a.lowest - b.lowest) <= ROUNDING * Math.max(a.rate, b.rate);
  return (
    near(a.totalSteps, b.totalSteps) &&
    near(a.rate, b.rate) &&
    near(a.decayStart, b.decayStart) &&
    sameFloor &&
    a.shape === b.shape
  );
}
