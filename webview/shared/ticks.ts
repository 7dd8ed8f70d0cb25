/** Round values that divide an axis. */
export interface Ticks {
  readonly values: readonly number[];
  /** Distance of two ticks; 0 on a logarithmic axis. */
  readonly step: number;
}

/** About `count` round values in [min, max], 1, 2 or 5 times a power of ten apart. Empty for an empty range. */
export function linearTicks(min: number, max: number, count: number): Ticks {
  if (!(max > min) || !Number.isFinite(max - min)) return { values: Number.isFinite(min) ? [min] : [], step: 0 };
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  const step = factor * power;
  const values: number[] = [];
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + step * 1e-9; index++) {
    values.push(Number((index * step).toPrecision(12)));
  }
  return { values, step };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps of a clock, in seconds; beyond them days are counted as any number. */
const CLOCK = [1, 2, 5, 10, 15, 30, ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE)].concat(
  [1, 2, 3, 6, 12].map((each) => each * HOUR),
);

/** About `count` values in [min, max] seconds that a clock shows in full: seconds, minutes, hours or days. */
export function timeTicks(min: number, max: number, count: number): Ticks {
  const rough = (max - min) / Math.max(1, count);
  const step = CLOCK.find((each) => each >= rough * 0.999);
  if (!(rough >= 1)) return linearTicks(min, max, count);
  if (step === undefined) {
    const days = linearTicks(min / DAY, max / DAY, count);
    return { values: days.values.map((value) => value * DAY), step: days.step * DAY };
  }
  const values: number[] = [];
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + step * 1e-9; index++) values.push(index * step);
  return { values, step };
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between while they fit; linear ticks over less than one decade. */
export function logTicks(min: number, max: number, count: number): Ticks {
  if (!(min > 0) || !(max > min)) return { values: min > 0 ? [min] : [], step: 0 };
  const decades = Math.log10(max / min);
  if (decades < 1) return linearTicks(min, max, count);
  const factors = decades * 3 <= count ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / count));
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(12));
      if (value >= min * 0.999 && value <= max * 1.001) values.push(value);
    }
  }
  return { values, step: 0 };
}

/** Decimals that tell ticks `step` apart. */
export function tickDecimals(step: number): number {
  if (!(step > 0)) return 0;
  return Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
}
