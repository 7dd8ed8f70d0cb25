const NORMAL_PER_MAD = 1.4826;
/** Values of the shortest block, and how many blocks make one of the next scale. */
const SHORTEST = 8;
const GROWTH = 4;
const SCALES = 4;
/** Blocks that the present level and the reference are averaged over. */
const PRESENT = 2;
const REFERENCE = 4;
/**
 * Neighbouring blocks that differ by more than so many times what independent noise explains have noise in common, as in
 * logs of running means; blocks further apart then differ by still more.
 */
const CORRELATED = 2.5;
const CORRELATED_NOISE = 4;
/** Rate at which the spread between blocks adapts. */
const SPREAD_RATE = 0.1;

/** Blocks of one length. */
interface Scale {
  sum: number;
  /** Parts of the present block: values, or blocks of the scale below. */
  parts: number;
  /** Newest blocks, the last one last. */
  means: number[];
  steps: number[];
  /** Finished blocks. */
  count: number;
  /** Median change from one block to the next. */
  spread: number;
  /** Lowest mean of `REFERENCE` blocks in a row, and its step. */
  lowest: number;
  lowestStep: number;
}

/** Means of neighbouring values at several lengths, and the lowest level at each: plain data. */
export interface Pyramid {
  readonly scales: Scale[];
}

/** A level above the lowest one. */
export interface Rise {
  readonly lowest: number;
  readonly lowestStep: number;
  readonly level: number;
  /** In standard errors. */
  readonly height: number;
  /** Step of the first of the blocks that lie above. */
  readonly since: number;
}

export function newPyramid(): Pyramid {
  return { scales: Array.from({ length: SCALES }, newScale) };
}

function newScale(): Scale {
  return { sum: 0, parts: 0, means: [], steps: [], count: 0, spread: 0, lowest: 0, lowestStep: 0 };
}

/**
 * Takes a value with the noise of one value; when it completes blocks, the greatest rise above the lowest level over the
 * lengths completed. Noise that neighbouring values share is seen in the spread between blocks. O(1) on average.
 */
export function rise(
  pyramid: Pyramid,
  value: number,
  { step, sigma }: { step: number; sigma: number },
): Rise | undefined {
  let greatest: Rise | undefined;
  let mean = value;
  let length = 1;
  for (const [i, scale] of pyramid.scales.entries()) {
    const parts = i === 0 ? SHORTEST : GROWTH;
    scale.sum += mean;
    if (++scale.parts < parts) break;
    mean = scale.sum / parts;
    length *= parts;
    scale.sum = 0;
    scale.parts = 0;
    const found = takeBlock(scale, mean, { step, error: sigma / Math.sqrt(length) });
    if (found !== undefined && found.height > (greatest?.height ?? 0)) greatest = found;
  }
  return greatest;
}

function takeBlock(scale: Scale, mean: number, { step, error }: { step: number; error: number }): Rise | undefined {
  const { means, steps } = scale;
  if (scale.count > 0) follow(scale, Math.abs(mean - means.at(-1)!));
  scale.count++;
  if (means.length === REFERENCE + PRESENT) {
    means.shift();
    steps.shift();
  }
  means.push(mean);
  steps.push(step);
  if (means.length < REFERENCE + PRESENT) return undefined;
  const reference = average(means, 0, REFERENCE);
  if (scale.lowestStep === 0 || reference < scale.lowest) {
    scale.lowest = reference;
    scale.lowestStep = steps[REFERENCE - 1]!;
  }
  const level = average(means, REFERENCE, REFERENCE + PRESENT);
  const spread = (NORMAL_PER_MAD * scale.spread) / Math.SQRT2;
  const blockNoise = spread > CORRELATED * error ? CORRELATED_NOISE * spread : Math.max(error, spread);
  const noise = blockNoise * Math.sqrt(1 / PRESENT + 1 / REFERENCE);
  const { lowest, lowestStep } = scale;
  return { lowest, lowestStep, level, height: (level - lowest) / noise, since: steps[REFERENCE - 1]! };
}

function average(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}

function follow(scale: Scale, change: number): void {
  if (scale.count === 1) scale.spread = change;
  else scale.spread *= change > scale.spread ? 1 + SPREAD_RATE : 1 / (1 + SPREAD_RATE);
}
