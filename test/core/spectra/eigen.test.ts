import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identity, symmetricEigen } from '../../../src/core/spectra/linear/symmetricEigen';
import { tridiagonalEigen } from '../../../src/core/spectra/linear/tridiagonalEigen';
import { gaussian } from './matrices';

function symmetric(size: number, seed: number): Float64Array {
  const a = gaussian(size, size, seed);
  return Float64Array.from(a, (value, i) => value + a[(i % size) * size + Math.floor(i / size)]!);
}

test('eigenvectors diagonalise, and a frame of some rows has those rows', () => {
  for (const size of [1, 2, 3, 17, 64]) {
    const matrix = symmetric(size, size);
    const vectors = identity(size);
    const values = symmetricEigen(matrix.slice(), size, vectors);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let product = 0;
        for (let k = 0; k < size; k++) product += matrix[i * size + k]! * vectors[k * size + j]!;
        assert.ok(Math.abs(product - values[j]! * vectors[i * size + j]!) < 1e-11 * size);
      }
    }
    const rows = identity(size).subarray(0, size);
    assert.deepEqual([...symmetricEigen(matrix.slice(), size, rows)], [...values]);
    assert.ok(rows.every((value, i) => value === vectors[i]));
  }
});

test('the second difference has known eigenvalues', () => {
  const size = 200;
  const values = tridiagonalEigen(new Float64Array(size).fill(2), new Float64Array(size - 1).fill(-1));
  values.forEach((value, i) => {
    const expected = 2 - 2 * Math.cos((Math.PI * (size - i)) / (size + 1));
    assert.ok(Math.abs(value - expected) < 1e-13);
  });
});

test('zeros, equal values, split matrices and a wide range', () => {
  assert.deepEqual([...symmetricEigen(new Float64Array(9), 3)], [0, 0, 0]);
  assert.deepEqual([...symmetricEigen(identity(4), 4)], [1, 1, 1, 1]);
  assert.deepEqual([...tridiagonalEigen(new Float64Array(0), new Float64Array(0))], []);
  const split = tridiagonalEigen(Float64Array.of(1, 1, 5, 1e-30), Float64Array.of(1, 0, 0));
  assert.ok([5, 2, 1e-30, 0].every((value, i) => Math.abs(split[i]! - value) < 1e-15));
});
