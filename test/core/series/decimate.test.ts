import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimate } from '../../../src/core/series/decimate';
import type { Span } from '../../../src/core/series/series';

/** Repeatable numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

function randomSpans(seed: number): Span[] {
  const random = generator(seed);
  let step = 0;
  return Array.from({ length: 1 + Math.floor(3 * random()) }, () => {
    const length = Math.floor(400 * random());
    const steps = Float64Array.from({ length }, () => (step += Math.floor(3 * random())));
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = Float64Array.from({ length }, () => (random() < 0.05 ? odd[Math.floor(3 * random())]! : random()));
    return { steps, values };
  });
}

function pointsOf(spans: readonly Span[]): [number, number][] {
  const all = spans.flatMap(({ steps, values }) =>
    Array.from(steps, (step, i): [number, number] => [step, values[i]!]),
  );
  return all.filter(([, value]) => Number.isFinite(value));
}

/** What a window holds: its points and one on each side. */
function inWindow(points: readonly [number, number][], [from, to]: readonly [number, number]): [number, number][] {
  const before = points.filter(([step]) => step < from).slice(-1);
  const after = points.filter(([step]) => step > to).slice(0, 1);
  return [...before, ...points.filter(([step]) => step >= from && step <= to), ...after];
}

test('what is left of a series keeps its ends, its extremes, its order and its limit', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const spans = randomSpans(seed);
    const random = generator(seed + 1000);
    const last = spans.at(-1)?.steps.at(-1) ?? 0;
    const window = seed % 2 === 0 ? null : ([last * 0.3 * random(), last * (0.4 + random())] as const);
    const all = pointsOf(spans);
    const wanted = window === null ? all : inWindow(all, window);
    const limit = 4 + Math.floor(120 * random());
    const { steps, values } = decimate(spans, limit, window);
    const note = `seed ${seed}`;
    if (wanted.length <= limit) {
      assert.deepEqual(
        steps.map((step, i) => [step, values[i]]),
        wanted,
        note,
      );
      continue;
    }
    assert.ok(steps.length <= limit + 4, note);
    const known = new Set(wanted.map(String));
    for (const [i, step] of steps.entries()) assert.ok(known.has(String([step, values[i]])), note);
    for (let i = 1; i < steps.length; i++) assert.ok(steps[i]! >= steps[i - 1]!, note);
    assert.deepEqual([steps.at(-1), values.at(-1)], wanted.at(-1), note);
    assert.equal(Math.max(...values), Math.max(...wanted.map(([, value]) => value)), note);
    assert.equal(Math.min(...values), Math.min(...wanted.map(([, value]) => value)), note);
  }
});

test('nothing finite leaves nothing', () => {
  assert.deepEqual(decimate([], 10), { steps: [], values: [] });
  assert.deepEqual(decimate([{ steps: Float64Array.of(1), values: Float64Array.of(Number.NaN) }], 10, [0, 2]), {
    steps: [],
    values: [],
  });
});
