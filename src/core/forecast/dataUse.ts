import type { DataUse, ForecastInput, Refusal } from './forecast';
import { refusal } from './health';

/** Passes that cost next to nothing, and those after which a repeated token is worth 1/e of a new one. */
const FREE_PASSES = 4;
const VALUE_PASSES = 15.39;

/**
 * What one more step brings at the planned end, as a share of what it would bring on data never seen; 1 for up to four
 * passes. Source: Muennighoff et al. 2023, arXiv 2305.16264: value exp(-R / 15.39) of the R-th
 * repetition.
 */
export function worthOfStep({ passes = 1 }: DataUse): number {
  return passes > FREE_PASSES ? Math.exp(-(passes - 1) / VALUE_PASSES) : 1;
}

/** Why a law of steps does not hold for how the run uses its data from step `oldest` on; `null` when it does. */
export function dataRefusal({ data = {} }: ForecastInput, oldest: number): Refusal | null {
  const { passes = 1, batch } = data;
  if (passes > FREE_PASSES) {
    const less = `${Math.round(100 * (1 - worthOfStep(data)))} %`;
    const why = `The plan goes ${Math.round(passes)} times over the same data: in the end a step brings some ${less} less than on new data, which the law does not know.`;
    return refusal('outsideLaw', `${why} The interval is widened by that.`);
  }
  if (batch !== undefined && batch.step > oldest) {
    const size = (value: number): string => Math.round(value).toString();
    const change = `from ${size(batch.before)} to ${size(batch.now)} ${batch.unit} per step`;
    return refusal(
      'outsideLaw',
      `The batch changed ${change} at step ${size(batch.step)}: earlier steps are not worth the same. Wait until they are old.`,
    );
  }
  return null;
}
