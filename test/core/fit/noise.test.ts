import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseOfMeans, pointNoise } from '../../../src/core/fit/noise';
import { normals } from './random';

const COUNT = 2048;
const NOISE = 0.03;
const STEPS = Float64Array.from({ length: COUNT }, (_, i) => 5000 + 10 * i);
const ONES = new Float64Array(COUNT).fill(1);
const COURSE = STEPS.map((step) => 1 - 0.3 * Math.log(step / 5000) ** 0.5);

/** A course with noise in which every point is a mean over `width` draws. */
function smoothed(width: number, seed: number): Float64Array {
  const draws = normals(COUNT + width, seed);
  return COURSE.map((value, i) => value + NOISE * mean(draws.subarray(i, i + width)));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('independent points: means over many have the noise of one over the root of their number', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const values = smoothed(1, seed);
    const single = pointNoise(STEPS, values);
    assert.ok(Math.abs(single / NOISE - 1) < 0.1);
    assert.equal(noiseOfMeans(STEPS, values, ONES, single), single);
  }
});

test('running means: the noise of means is about that of the points before they were averaged, rather above it', () => {
  for (const [width, least] of [
    [10, 0.7],
    [30, 0.6],
  ] as const) {
    const values = smoothed(width, width);
    const single = pointNoise(STEPS, values);
    assert.ok(single < (3 * NOISE) / width, `one point looks quiet: ${single}`);
    const found = noiseOfMeans(STEPS, values, ONES, single) / NOISE;
    assert.ok(found > least && found < 2, `${width}: ${found}`);
  }
});

test('spikes are no sign of points that are alike', () => {
  const values = smoothed(1, 7).map((value, i) => (i % 61 === 5 ? value + 1 : value));
  const single = pointNoise(STEPS, values);
  assert.equal(noiseOfMeans(STEPS, values, ONES, single), single);
});

test('too few points, or none: the noise of one', () => {
  assert.equal(noiseOfMeans(STEPS.slice(0, 12), COURSE.slice(0, 12), ONES.slice(0, 12), 0.01), 0.01);
  assert.equal(noiseOfMeans(new Float64Array(0), new Float64Array(0), new Float64Array(0), 0), 0);
});
