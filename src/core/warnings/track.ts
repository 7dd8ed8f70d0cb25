/** Standard deviation of a normal distribution over its median absolute deviation. */
const NORMAL_PER_MAD = 1.4826;
/** Values before the spread is known well enough to be used. */
const START = 16;
/** Longest memory of the trend, in values; a young series remembers a third of its length. */
const MEMORY = 32;
const LEAST_MEMORY = 3;
/** Slowest rate at which the spread adapts, per value. */
const SPREAD_RATE = 0.015;
/** Values count at most this many standard deviations from what was expected when the trend learns from them. */
const CLIP = 4;
/** Values in a row so far below the expectation that they are a new level: a step of the learning rate, a new epoch. */
const DROP = 3;
/** Values in a row so far off on any side that the expectation or the spread is wrong. */
const LOST = 16;
/** A distance of this many medians says that the median is far too small, which a median by itself would not notice soon. */
const FAR = 8;
const FAR_RATE = 6;

/**
 * The expected course of a noisy, falling series in constant memory: a straight line over the logarithm of the count of
 * values, fitted to the recent past by least squares with fading weights, and the median absolute deviation from it,
 * followed by stochastic approximation. A power law is nearly straight in this picture from its first values on, and a
 * decay of the learning rate is followed within `MEMORY` values. Plain data of finite numbers.
 */
export interface Track {
  /** Values taken since the start or the last new level. */
  n: number;
  /** Sums of weight, x, x², y, xy, where x = ln(count) counted from the newest value. */
  sums: [number, number, number, number, number];
  /** Median of |value - expectation|. */
  mad: number;
  /** Least difference of two values in a row: the rounding of the log. */
  grain: number;
  previous: number;
  /** Expectations missed by far, in a row: on the low side, on any side. */
  drops: number;
  misses: number;
  /** Of the newest value: what was expected, the standard deviation about it, and the distance in units of it. */
  level: number;
  sigma: number;
  z: number;
}

/** A track that has seen nothing. */
export function newTrack(): Track {
  return { n: 0, sums: [0, 0, 0, 0, 0], mad: 0, grain: 0, previous: 0, drops: 0, misses: 0, level: 0, sigma: 0, z: 0 };
}

/** Takes a finite value; afterwards `level`, `sigma` and `z` are those of this value. O(1). */
export function observe(track: Track, value: number): void {
  const { n, sums } = track;
  const dx = n === 0 ? 0 : 1 / (n + 0.5);
  shift(sums, dx);
  const level = n === 0 ? value : intercept(sums);
  const error = value - level;
  noteGrain(track, value);
  const sigma = Math.max(NORMAL_PER_MAD * track.mad, track.grain, 1e-7 * Math.abs(level));
  const known = n >= START && sigma > 0;
  track.level = level;
  track.sigma = known ? sigma : 0;
  track.z = known ? error / sigma : 0;
  track.drops = track.z < -CLIP ? track.drops + 1 : 0;
  track.misses = Math.abs(track.z) > CLIP ? track.misses + 1 : 0;
  spread(track, Math.abs(error));
  if (track.drops >= DROP || track.misses >= LOST) {
    relevel(track, value);
    return;
  }
  const bound = CLIP * sigma;
  learn(sums, known ? level + Math.max(-bound, Math.min(bound, error)) : value, n);
  track.n = n + 1;
}

/** The trend begins anew at `value`; the spread is kept. Nothing is unusual for the next values. */
export function relevel(track: Track, value: number): void {
  track.n = 1;
  track.drops = 0;
  track.misses = 0;
  track.sums = [1, 0, 0, value, 0];
  track.sigma = 0;
  track.z = 0;
}

/** The least difference counts as rounding while it is not negligible; repeated values say nothing. */
function noteGrain(track: Track, value: number): void {
  const difference = Math.abs(value - track.previous);
  if (track.n > 0 && difference > 0 && (track.grain === 0 || difference < track.grain)) track.grain = difference;
  track.previous = value;
}

/** Counts x from a point that lies `dx` further. */
function shift(sums: Track['sums'], dx: number): void {
  const [w, x, , y] = sums;
  sums[2] += dx * (dx * w - 2 * x);
  sums[1] = x - dx * w;
  sums[4] -= dx * y;
}

/** The fitted line at x = 0; the mean while there is no line. */
function intercept([w, x, xx, y, xy]: Track['sums']): number {
  const determinant = w * xx - x * x;
  return determinant > 1e-9 * w * xx ? (xx * y - x * xy) / determinant : y / w;
}

function learn(sums: Track['sums'], y: number, n: number): void {
  const keep = 1 - 1 / Math.max(LEAST_MEMORY, Math.min(MEMORY, n / 3));
  sums[0] = sums[0] * keep + 1;
  sums[1] *= keep;
  sums[2] *= keep;
  sums[3] = sums[3] * keep + y;
  sums[4] *= keep;
}

/** Moves the median towards `distance` by a share that shrinks as the series grows: early errors are soon forgotten. */
function spread(track: Track, distance: number): void {
  if (track.mad === 0) {
    track.mad = distance;
    return;
  }
  const rate = Math.max(SPREAD_RATE, 2 / (track.n + 4));
  if (distance > FAR * track.mad) track.mad *= 1 + FAR_RATE * rate;
  else track.mad *= distance > track.mad ? 1 + rate : 1 / (1 + rate);
}
