import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerWarnings } from '../../../../src/core/spectra/laws/layerWarnings';
import { pointAt } from '../../spectra/laws/layerPoints';

const NAME = 'layers.2.down';

test('a norm that doubles where others stay is told', () => {
  const [warning] = layerWarnings([pointAt(300), pointAt(400, { [NAME]: { spectralNorm: 5 } })], 1000);
  assert.deepEqual([warning?.id, warning?.severity], ['layerExplosion', 'warning']);
  assert.match(warning!.evidence.text, /^layers\.2\.down has a spectral norm 2\.5 times that of step 300/);
});

test('entries that are not finite are an error', () => {
  const broken = { nonFinite: 3, softRank: null, spectralNorm: null };
  const [warning] = layerWarnings([pointAt(400, { [NAME]: broken })], null);
  assert.deepEqual([warning?.id, warning?.severity], ['layerExplosion', 'error']);
  assert.match(warning!.evidence.text, /3 entries that are not finite/);
});

test('growth of all layers together, growth at the start, and growth by half are no explosion', () => {
  const all = (spectralNorm: number) =>
    Object.fromEntries(['layers.0.down', 'layers.1.down', NAME].map((name) => [name, { spectralNorm }]));
  assert.deepEqual(layerWarnings([pointAt(300), pointAt(400, all(6))], 1000), []);
  assert.deepEqual(layerWarnings([pointAt(0), pointAt(400, { [NAME]: { spectralNorm: 9 } })], 1000), []);
  assert.deepEqual(layerWarnings([pointAt(300), pointAt(400, { [NAME]: { spectralNorm: 3 } })], 1000), []);
});
