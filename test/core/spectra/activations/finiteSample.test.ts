import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activationMeasures } from '../../../../src/core/spectra/activations/activationMeasures';
import { correctedHardRank, entropyDeficit, samplingOf } from '../../../../src/core/spectra/activations/finiteSample';
import { normalSource } from '../../../../src/core/spectra/linear/random';
import { symmetricEigen } from '../../../../src/core/spectra/linear/symmetricEigen';

/** Eigenvalues of the sample covariance of `count` normal vectors whose covariance is diagonal. */
function sampled(variances: readonly number[], count: number, seed: number): Float64Array {
  const next = normalSource(seed);
  const width = variances.length;
  const rows = Array.from({ length: count }, () => variances.map((variance) => Math.sqrt(variance) * next()));
  const mean = variances.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / count);
  const covariance = new Float64Array(width * width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      const left = (row[i]! - mean[i]!) / (count - 1);
      for (let j = 0; j < width; j++) covariance[i * width + j]! += left * (row[j]! - mean[j]!);
    }
  }
  return symmetricEigen(covariance, width);
}

function ranksOf(values: ArrayLike<number>): { hard: number; soft: number } {
  const { observed } = activationMeasures(Float64Array.from(values), values.length, null)!;
  return { hard: observed.hardRank, soft: observed.softRank };
}

const WIDTH = 64;
const SHAPES: Readonly<Record<string, (i: number) => number>> = {
  isotropic: () => 1,
  'power law': (i) => 1 / (i + 1),
  'steep power law': (i) => (i + 1) ** -2,
  spiked: (i) => (i < 3 ? 50 : 1),
  'low rank': (i) => (i < 12 ? 1 : 1e-6),
};

for (const [name, variance] of Object.entries(SHAPES)) {
  for (const each of [2, 4, 12]) {
    test(`${name}, ${each} vectors for each dimension: corrected ranks lie within their bars`, () => {
      const variances = Array.from({ length: WIDTH }, (_, i) => variance(i));
      const truth = ranksOf(variances);
      let [hardInside, softInside, hardBias, softBias] = [0, 0, 0, 0];
      const seeds = 20;
      for (let seed = 0; seed < seeds; seed++) {
        const values = sampled(variances, each * WIDTH, seed);
        const { hardRank, softRank, observed } = activationMeasures(values, WIDTH, each * WIDTH)!;
        if (Math.abs(hardRank.value - truth.hard) <= hardRank.error!) hardInside++;
        if (Math.abs(softRank.value - truth.soft) <= softRank.error!) softInside++;
        hardBias += (Math.abs(hardRank.value - truth.hard) - Math.abs(observed.hardRank - truth.hard)) / seeds;
        softBias += (Math.abs(softRank.value - truth.soft) - Math.abs(observed.softRank - truth.soft)) / seeds;
      }
      assert.ok(
        hardInside >= 0.85 * seeds && softInside >= 0.85 * seeds,
        `${hardInside} and ${softInside} of ${seeds}`,
      );
      // Where there is a bias to take away, it is taken away.
      if (variance(0) === variance(WIDTH - 1))
        assert.ok(hardBias < -0.1 * truth.hard * (2 / each) * 0.5 && softBias < 0);
    });
  }
}

test('the example of the literature: isotropic, 256 dimensions, 512 vectors, 170 observed', () => {
  assert.ok(Math.abs(correctedHardRank(170.4, 512)! - 256) < 1);
  const shares = new Float64Array(256).fill(1 / 256);
  assert.ok(Math.abs(entropyDeficit(shares, 512) - 256 / (2 * 511)) < 1e-9);
});

test('rank one stays rank one, and a sample that says nothing is said to', () => {
  assert.ok(Math.abs(correctedHardRank(1, 100)! - 1) < 1e-9);
  assert.equal(correctedHardRank(99, 100), null);
  assert.equal(correctedHardRank(5, 1), null);
});

test('enough vectors, few, and too few', () => {
  const of = (count: number) => samplingOf(count, 10);
  assert.deepEqual([of(100), of(99), of(19), samplingOf(null, 10)], ['good', 'undersampled', 'severe', null]);
});
