import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multiPower } from '../../../src/core/laws/multiPower';
import { loadCurve, readManifest } from '../fit/curveFolder';
import { type Scores, scoreOf } from '../fit/protocols';

/** L0, A, alpha, B, C, beta, gamma for the raw learning rate, and the scores of the authors' table (arXiv 2503.12811). */
const PUBLISHED = {
  'mpl-25M': { raw: [3.04, 0.525, 0.508, 364, 2.07, 0.583, 0.641], r2: 0.9988, mae: 0.00376, worstE: 0.00409 },
  'mpl-100M': { raw: [2.651, 0.601, 0.453, 438, 2.13, 0.598, 0.655], r2: 0.9983, mae: 0.00435, worstE: 0.00583 },
} as const;

const FOLDER = 'test/fixtures/curves';

for (const [group, { raw, r2, mae, worstE }] of Object.entries(PUBLISHED)) {
  test(`the published constants of the multi-power law give the published errors: ${group}`, () => {
    const facts = readManifest(FOLDER).filter((curve) => curve.group === group && curve.t1_role === 'test');
    assert.equal(facts.length, 6);
    const [l0, a, alpha, b, c, beta, gamma] = raw;
    const each = facts.map((own): Scores => {
      const peak = own.schedule.peak_lr;
      const theta = Float64Array.of(l0, a * peak ** -alpha, alpha, b * peak, c * peak ** (1 - gamma), beta, gamma);
      return scoreOf({ law: multiPower, theta, settings: [] }, loadCurve(FOLDER, own));
    });
    const mean = (key: keyof Scores): number => each.reduce((sum, scores) => sum + scores[key], 0) / each.length;
    assert.ok(Math.abs(mean('r2') - r2) < 2e-4, `${mean('r2')}`);
    // The constants are printed with three digits.
    assert.ok(Math.abs(mean('mae') / mae - 1) < 0.1, `${mean('mae')}`);
    assert.ok(Math.abs(mean('worstE') / worstE - 1) < 0.1, `${mean('worstE')}`);
  });
}
