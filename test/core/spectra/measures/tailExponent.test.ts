import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hillExponent, tailExponent } from '../../../../src/core/spectra/measures/tailExponent';

/** Quantiles of a power law p(x) ∝ x^−alpha from 1 on, descending. */
function powerLaw(alpha: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => ((i + 0.5) / count) ** (1 / (1 - alpha)));
}

test('a power law gives its exponent, whatever its scale', () => {
  for (const alpha of [2, 3.5, 6]) {
    for (const scale of [1, 1e-4]) {
      const fit = tailExponent(powerLaw(alpha, 800).map((value) => value * scale))!;
      assert.ok(Math.abs(fit.alpha - alpha) < Math.max(3 * fit.error, 0.02 * alpha), `${alpha}: ${fit.alpha}`);
    }
    assert.ok(Math.abs(hillExponent(powerLaw(alpha, 4000))! / alpha - 1) < 0.02);
  }
});

test('the tail begins where the law begins', () => {
  const tail = powerLaw(2.5, 400).map((value) => value * 10);
  const body = Float64Array.from({ length: 600 }, (_, i) => 10 - (10 * (i + 1)) / 600 + 0.01);
  const fit = tailExponent(Float64Array.of(...tail, ...body))!;
  assert.ok(fit.start > 8 && fit.start < 14, `${fit.start}`);
  assert.ok(Math.abs(fit.alpha - 2.5) < 0.2, `${fit.alpha}`);
});

test('few or equal values have no exponent; zeros do not count', () => {
  assert.equal(tailExponent(powerLaw(3, 49)), null);
  assert.equal(hillExponent(powerLaw(3, 49)), null);
  assert.equal(tailExponent(new Float64Array(100).fill(1)), null);
  assert.equal(hillExponent(new Float64Array(100).fill(1)), null);
  const withZeros = Float64Array.of(...powerLaw(3, 200), ...new Float64Array(100));
  assert.deepEqual(tailExponent(withZeros), tailExponent(powerLaw(3, 200)));
});
