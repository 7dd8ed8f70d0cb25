import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runJob } from '../../../src/core/engine/runJob';
import { analyseCheckpoint } from '../../../src/core/spectra/analyseCheckpoint';
import { normalSource } from '../../../src/core/spectra/linear/random';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { safetensors } from '../../lib/safetensors';

/** A matrix of doubles with known singular values: a diagonal between two Householder reflections. */
function known(values: readonly number[], rows: number, columns: number): Float64Array {
  const next = normalSource(3);
  const unit = (length: number): Float64Array => {
    const v = Float64Array.from({ length }, next);
    const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    return v.map((x) => x / norm);
  };
  const [u, v] = [unit(rows), unit(columns)];
  const entry = (i: number, j: number): number => (i === j ? values[i]! : 0);
  // (1 − 2uuᵀ) D (1 − 2vvᵀ)
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    const left = (values[j] ?? 0) * u[j]!;
    const right = (values[i] ?? 0) * v[i]!;
    let middle = 0;
    for (let k = 0; k < values.length; k++) middle += u[k]! * values[k]! * v[k]!;
    return (
      entry(i, j) -
      2 * u[i]! * (j < values.length ? left : 0) -
      2 * (i < values.length ? right : 0) * v[j]! +
      4 * u[i]! * middle * v[j]!
    );
  });
}

for (const [rows, columns] of [
  [90, 70],
  [60, 130],
  [1024, 64],
] as const) {
  test(`${rows} × ${columns} doubles: singular values to 1e-10, ranks with them`, async () => {
    const size = Math.min(rows, columns);
    const values = Array.from({ length: size }, (_, i) => Math.PI / (1 + i / 7));
    const bytes = new Uint8Array(known(values, rows, columns).buffer);
    const fs = new MemoryFileSystem();
    fs.write('/m.safetensors', safetensors([{ name: 'w', dtype: 'F64', shape: [rows, columns], bytes }]));
    const pool = { run: (name: never, input: never) => runJob(name, input, fs), dispose: () => undefined };
    const { tensors } = await analyseCheckpoint(fs, pool, '/m.safetensors');
    const { sigma, hardRank, method } = tensors[0]!.measures!;
    assert.equal(method, 'gram64');
    sigma.forEach(({ value }, i) => {
      assert.ok(Math.abs(value / values[i]! - 1) < 1e-10, `σ${i + 1} ${value} ${values[i]}`);
    });
    const squares = values.map((value) => value ** 2);
    const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);
    const truth = sum(squares) ** 2 / sum(squares.map((square) => square ** 2));
    assert.ok(Math.abs(hardRank.value / truth - 1) < 1e-10, `${hardRank.value} ${truth}`);
  });
}
