import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalCosines, rotation } from '../../../../src/core/spectra/laws/principalAngles';

const unit = (length: number, at: number): Float32Array => {
  const vector = new Float32Array(length);
  vector[at] = 1;
  return vector;
};

test('planes that share one direction, and a known angle', () => {
  const turned = Float32Array.of(0, Math.cos(0.3), Math.sin(0.3), 0);
  const cosines = principalCosines([unit(4, 0), unit(4, 1)], [unit(4, 0), turned]);
  assert.ok(Math.abs(cosines[0]! - 1) < 1e-7 && Math.abs(cosines[1]! - Math.cos(0.3)) < 1e-7);
  assert.ok(Math.abs(rotation(cosines) - Math.sin(0.3) ** 2 / 2) < 1e-7);
});

test('equal and orthogonal spaces, whatever their bases', () => {
  const half = Math.SQRT1_2;
  const other = [Float32Array.of(half, half, 0), Float32Array.of(half, -half, 0)];
  assert.ok(rotation(principalCosines([unit(3, 0), unit(3, 1)], other)) < 1e-6);
  assert.equal(rotation(principalCosines([unit(3, 2)], other)), 1);
  assert.deepEqual(principalCosines([], other), []);
});
