import assert from 'node:assert/strict';
import { test } from 'node:test';
import { citationUrl } from '../../../src/core/citation';
import { traceLr } from '../../../src/core/laws/lrPath';
import { FALLBACK_LAW, LAWS, lawById, STANDARD_LAW } from '../../../src/core/laws/registry';

const PATH = traceLr(
  { steps: Float64Array.of(0, 200, 5000, 8000, 10_000), lrs: Float64Array.of(0, 1e-3, 1e-3, 2e-4, 0) },
  10_000,
)!;
const STEPS = Float64Array.of(300, 1000, 4999, 5000, 6000, 8000, 9999, 10_000);

test('laws are sorted by id and found by it', () => {
  const ids = LAWS.map((law) => law.id);
  assert.deepEqual(ids, [...ids].sort());
  for (const law of LAWS) assert.equal(lawById(law.id), law);
  assert.equal(lawById('none'), undefined);
  assert.ok(STANDARD_LAW.needsLr);
  assert.ok(!FALLBACK_LAW.needsLr);
});

for (const law of LAWS) {
  const settings = law.settings.map((setting) => setting.standard);
  const input = law.prepare(PATH, STEPS, settings);
  const size = law.params.length;
  const predict = (theta: Float64Array): Float64Array => {
    const out = new Float64Array(input.rows);
    law.predict(theta, input, out);
    return out;
  };

  test(`${law.id}: starts lie inside the bounds and the source has an address`, () => {
    assert.ok(law.starts().length >= 1);
    for (const start of law.starts()) {
      assert.equal(start.length, size);
      for (const [a, { low, high, name }] of law.params.entries()) assert.ok(start[a]! > low && start[a]! < high, name);
    }
    assert.match(citationUrl(law.cite), /^https:/);
  });

  test(`${law.id}: derivatives equal central differences`, () => {
    for (const theta of law.starts()) {
      const jacobian = new Float64Array(input.rows * size);
      law.jacobian(theta, input, jacobian);
      for (let a = 0; a < size; a++) {
        const reach = 1e-6 * theta[a]!;
        const shifted = (sign: number): Float64Array =>
          theta.map((value, b) => (a === b ? value + sign * reach : value));
        const [above, below] = [predict(shifted(1)), predict(shifted(-1))];
        for (let i = 0; i < input.rows; i++) {
          const difference = (above[i]! - below[i]!) / (2 * reach);
          const exact = jacobian[i * size + a]!;
          assert.ok(Math.abs(difference - exact) <= 1e-6 * (1e-6 + Math.abs(exact)) + 2e-9 / reach, `${i}, ${a}`);
        }
      }
    }
  });

  test(`${law.id}: the loss is the sum of its linear parameters times their derivatives`, () => {
    const theta = law.starts()[1]!;
    const jacobian = new Float64Array(input.rows * size);
    law.jacobian(theta, input, jacobian);
    predict(theta).forEach((loss, i) => {
      const parts = law.params.map((param, a) => (param.linear ? theta[a]! * jacobian[i * size + a]! : 0));
      assert.ok(Math.abs(loss - parts.reduce((sum, part) => sum + part, 0)) < 1e-12);
    });
  });

  test(`${law.id}: the parts of the remaining fall add up`, () => {
    const theta = law.starts()[1]!;
    const losses = predict(theta);
    const { progress, annealing } = law.remaining(theta, input, [2, 7]);
    assert.ok(Math.abs(progress + annealing - (losses[2]! - losses[7]!)) < 1e-12);
    assert.ok(law.rises ? progress < 0 : progress > 0);
    assert.ok(annealing >= 0);
  });

  test(`${law.id}: gradients of the prior equal differences`, () => {
    const theta = law.starts()[0]!;
    for (const prior of law.priors) {
      const gradient = new Float64Array(size);
      prior.gradient(theta, gradient);
      for (let a = 0; a < size; a++) {
        const reach = 1e-6 * theta[a]!;
        const at = (sign: number): number => prior.quantity(theta.map((v, b) => (a === b ? v + sign * reach : v)));
        const difference = (at(1) - at(-1)) / (2 * reach);
        assert.ok(Math.abs(difference - gradient[a]!) <= 1e-6 * (1 + Math.abs(gradient[a]!)), prior.name);
      }
    }
  });
}
