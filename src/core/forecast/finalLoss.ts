import type { ForecastInput } from './forecast';

/** The final loss is the mean over this last share of the plan: one value alone is mostly noise. */
const SMOOTHED_SHARE = 0.02;

/** Relative noise of the smoothed final loss, from the noise of one point and the number of points it averages. */
export function smoothNoise({ steps, finalStep }: ForecastInput, pointNoise: number): number {
  if (steps.length < 2) return pointNoise;
  const spacing = (steps[steps.length - 1]! - steps[0]!) / (steps.length - 1);
  return pointNoise / Math.sqrt(Math.max(1, (SMOOTHED_SHARE * finalStep) / spacing));
}

/** Mean of the finite losses of the last 2 % of the plan, or the last finite one, nats; `NaN` when there is none. */
export function smoothedEnd({
  steps,
  losses,
  finalStep,
}: Pick<ForecastInput, 'steps' | 'losses' | 'finalStep'>): number {
  let sum = 0;
  let count = 0;
  for (let i = losses.length - 1; i >= 0; i--) {
    if (count > 0 && steps[i]! < (1 - SMOOTHED_SHARE) * finalStep) break;
    if (!Number.isFinite(losses[i]!)) continue;
    sum += losses[i]!;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
