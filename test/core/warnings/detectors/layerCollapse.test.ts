import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerWarnings } from '../../../../src/core/spectra/laws/layerWarnings';
import { pointAt } from '../../spectra/laws/layerPoints';

const NAME = 'layers.1.down';
const ranks = (...values: number[]) => values.map((softRank, i) => pointAt(400 + 10 * i, { [NAME]: { softRank } }));

test('a layer whose soft rank falls by a quarter at one learning rate is named', () => {
  const [warning, ...more] = layerWarnings(ranks(100, 99, 74), 1000);
  assert.deepEqual([warning?.id, warning?.severity, warning?.step, more.length], ['layerCollapse', 'warning', 420, 0]);
  assert.match(warning!.evidence.text, /^layers\.1\.down has lost 26 % of its soft rank since step 400/);
});

test('a slow fall, one with a change of the learning rate, one long ago, and one of an embedding are no news', () => {
  assert.deepEqual(layerWarnings(ranks(100, 95, 90), 1000), []);
  const decayed = ranks(100, 99, 74).map((point, i) => ({ ...point, learningRate: i === 2 ? 1e-4 : 1e-3 }));
  assert.deepEqual(layerWarnings(decayed, 1000), []);
  assert.deepEqual(
    layerWarnings(ranks(100, 99, 74, 74), 1000).map(({ step }) => step),
    [430].slice(1),
  );
  const embedding = ranks(100, 99, 74).map((point) => ({
    ...point,
    layers: new Map([...point.layers].map(([name, layer]) => [name, { ...layer, kind: 'embedding' as const }])),
  }));
  assert.deepEqual(layerWarnings(embedding, 1000), []);
});

test('weights that become zero, or stay there, are dead; a first checkpoint of zeros is a start', () => {
  const zero = { softRank: null, spectralNorm: null, isZero: true };
  const text = (...points: ReturnType<typeof pointAt>[]) => layerWarnings(points, 1000)[0]?.evidence.text;
  assert.match(text(pointAt(100), pointAt(200, { [NAME]: zero }))!, /has become zero/);
  assert.match(text(pointAt(100, { [NAME]: zero }), pointAt(200, { [NAME]: zero }))!, /stayed at zero since step 100/);
  assert.equal(text(pointAt(0, { [NAME]: zero })), undefined);
});

test('several layers are one warning', () => {
  const fallen = { softRank: 50 };
  const points = [pointAt(400), pointAt(410), pointAt(420, { 'layers.0.down': fallen, 'layers.2.down': fallen })];
  const found = layerWarnings(points, 1000);
  assert.equal(found.length, 1);
  assert.match(found[0]!.evidence.text, /1 other layer does likewise/);
});
