import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Course, changeAbove, courseOf, levelAbove } from '../../../src/core/engine/lawCourse';
import type { Forecast } from '../../../src/core/forecast/forecast';
import { normals } from '../fit/random';

const FROM = 1000;
const NOISE = 0.1;
const SIGMAS = 4.5;

/** A forecast of 3 at every step, with a standard deviation of `width`. */
function course(width: number): Course {
  const steps = [FROM, FROM + 5000];
  const curve = { steps, values: [3, 3], high80: [3 + 1.2816 * width, 3 + 1.2816 * width] };
  return courseOf({ curve, refused: null, report: { pointNoise: NOISE } } as unknown as Forecast, FROM)!;
}

/** Values taken until a change or a level is this many standard deviations off; `null` when none is. */
function seenAfter(values: readonly number[], of: typeof changeAbove, width = 0.04): number | null {
  const held = course(width);
  const at = values.findIndex((value, i) => (of(held, FROM + 1 + i, value)?.sigmas ?? 0) > SIGMAS);
  return at < 0 ? null : at;
}

const noise = (count: number, seed: number): number[] => Array.from(normals(count, seed), (z) => NOISE * z);

test('noise about a forecast that is off by less than it knows is no change, for thousands of values', () => {
  for (const [seed, off] of [
    [1, 0],
    [2, 0.03],
    [3, -0.03],
  ] as const) {
    assert.equal(
      seenAfter(
        noise(4000, seed).map((z) => 3 + off + z),
        changeAbove,
      ),
      null,
    );
  }
});

test('a slow rise is a change although it stays within what the forecast is off by', () => {
  const start = 300;
  const rise = (i: number): number => (i < start ? 0 : (0.15 * (i - start)) / 250);
  for (const seed of [4, 5, 6]) {
    const values = noise(start + 250, seed).map((z, i) => 3 - 0.06 + rise(i) + z);
    const seen = seenAfter(values, changeAbove);
    assert.ok(seen !== null && seen > start, `seen after ${seen}`);
    const level = seenAfter(values, levelAbove);
    assert.ok(level === null || level > seen, 'the level alone says it later or not at all');
  }
});

test('single outliers are no change, a level far above the forecast is one to both', () => {
  const outliers = noise(2000, 7).map((z, i) => 3 + z + (i % 200 === 100 ? 5 : 0));
  assert.equal(seenAfter(outliers, changeAbove), null);
  const high = noise(200, 8).map((z) => 3.6 + z);
  assert.ok(seenAfter(high, changeAbove) !== null && seenAfter(high, levelAbove) !== null);
});

test('what lies outside the forecast, and what is refused, is not judged', () => {
  assert.equal(courseOf({ curve: null, refused: null } as unknown as Forecast, 5), null);
  const held = course(0.04);
  for (let i = 0; i < 100; i++) assert.equal(changeAbove(held, FROM + 6000 + i, 9), undefined);
});
