import { median } from '../fit/robust';
import type { DataUse } from '../forecast/forecast';
import { type Span, samplePoints, spansUntil } from '../series/series';
import type { PlanSubject } from './runPlan';

/** Parts of a run whose batch is compared, and how much it may vary: sentences are not of one length. */
const PARTS = 24;
const SAME_BATCH = 0.15;

/** Counters from which the batch is told, the first that is logged. */
const COUNTERS = ['tokens', 'samples'] as const;

/**
 * How a run uses its data: passes by the logged epoch, the batch by the logged counters of tokens or samples, both up to step
 * `until`. Empty where the log says neither.
 */
export function dataUseOf(run: PlanSubject, finalStep: number, until = Number.POSITIVE_INFINITY): DataUse {
  const passes = passesAt(spansUntil(run.spans('epoch'), until), finalStep);
  const counter = run.stepUnit === 'step' ? COUNTERS.find((name) => run.countOf(name) > 0) : undefined;
  const batch = counter === undefined ? null : batchChange(spansUntil(run.spans(counter), until));
  return {
    ...(passes === null ? {} : { passes }),
    ...(batch === null ? {} : { batch: { ...batch, unit: counter! } }),
  };
}

/** The epoch at `finalStep` if it goes on as so far; `null` with fewer than two values. A counter of restarts does not fall. */
function passesAt(spans: readonly Span[], finalStep: number): number | null {
  const { steps, values } = samplePoints(spans, 2);
  const [from, to] = [steps[0], steps[1]];
  if (from === undefined || to === undefined || !(to > from)) return null;
  const passes = values[1]! + ((values[1]! - values[0]!) / (to - from)) * (finalStep - to);
  return Number.isFinite(passes) && passes >= values[1]! ? passes : null;
}

/** The last change of what a step consumes, by a counter that only grows; `null` when there is none or it cannot be told. */
function batchChange(spans: readonly Span[]): { step: number; before: number; now: number } | null {
  const { steps, values } = samplePoints(spans, PARTS + 1);
  const sizes = Array.from(steps.subarray(1), (step, i) => (values[i + 1]! - values[i]!) / (step - steps[i]!));
  if (sizes.length < 4 || !sizes.every((size) => size > 0 && Number.isFinite(size))) return null;
  const now = median(Float64Array.from(sizes.slice(-2)));
  const last = sizes.findLastIndex((size) => Math.abs(size / now - 1) > SAME_BATCH);
  return last < 0 ? null : { step: steps[last + 1]!, before: sizes[last]!, now };
}
