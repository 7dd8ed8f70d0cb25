import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mlflowMetric } from '../../../src/core/formats/mlflowMetric';
import {
  bytesOf,
  checkChunking,
  checkFlush,
  checkHostile,
  expectSeries,
  fixture,
  fixtureNames,
  readLog,
  readRepeated,
  sampleOf,
} from './check';

const ID = 'mlflowMetric';
const RUN = 'mlruns/0/cb0096518b0e4c66a94428555f05420b';

describe('mlflowMetric', () => {
  test('recorded store', () => {
    const log = (key: string) => readLog(mlflowMetric, `${RUN}/metrics/${key}`, fixture(ID, `${RUN}/metrics/${key}`));
    const loss = 3.2727866172790527;
    expectSeries(log('loss'), 'train_loss', { points: 1, first: [0, loss], last: [0, loss] });
    expectSeries(log('loss'), 'wall_time', { points: 1, first: [0, 1664364007.31], last: [0, 1664364007.31] });
    const accuracy = 0.7858095765113831;
    expectSeries(log('accuracy'), 'accuracy', { points: 1, first: [0, accuracy], last: [0, accuracy] });
    assert.equal(log('accuracy').find('wall_time'), undefined);
  });
  test('keys in folders, values that are not numbers, lines of all versions', () => {
    const text = '1664364007310 2.5 10\n1664364007311 nan 20\n1664364007312 inf\n1664364007313 1 30 data 0a1b\n';
    const log = readLog(mlflowMetric, `${RUN}/metrics/eval/loss`, bytesOf(text));
    expectSeries(log, 'val_loss', { points: 4, first: [10, 2.5], last: [30, 1], nonFinite: 2 });
    assert.equal(log.allSeries[0]!.label, 'eval/loss');
  });
  test('an unfinished line waits; a damaged one is told of', () => {
    const text = '1664364007310 2.5 1\nabc\n\n1664364007310 2 2\r\n1664364007310 1 3';
    const log = readLog(mlflowMetric, `${RUN}/metrics/loss`, bytesOf(text));
    expectSeries(log, 'train_loss', { points: 2, first: [1, 2.5], last: [2, 2] });
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [['line.malformed', 20]],
    );
    checkChunking(mlflowMetric, `${RUN}/metrics/loss`, bytesOf(text));
  });
  for (const name of fixtureNames(ID)) {
    test(`${name} cut and damaged`, () => {
      checkChunking(mlflowMetric, name, fixture(ID, name));
      checkFlush(mlflowMetric, name, fixture(ID, name));
      checkHostile(mlflowMetric, name, fixture(ID, name));
    });
  }
  test('50 MB without a line end', () => {
    const log = readRepeated(mlflowMetric, `${RUN}/metrics/loss`, bytesOf('1'), new Uint8Array(1 << 20).fill(0x31), 50);
    assert.equal(log.points, 0);
  });
  test('known by its folder and its first line', () => {
    const line = bytesOf('1664364007310 2.5 1\n');
    assert.equal(mlflowMetric.probe(sampleOf(`/w/${RUN}/metrics/a/b`, line)), 'yes');
    assert.equal(mlflowMetric.probe(sampleOf(`/w/${RUN}/metrics/system/cpu`, line)), 'no');
    assert.equal(mlflowMetric.probe(sampleOf(`/w/${RUN}/params/lr`, line)), 'no');
    assert.equal(mlflowMetric.probe(sampleOf('/w/metrics/loss', line)), 'no');
    assert.equal(mlflowMetric.probe(sampleOf(`/w/${RUN}/metrics/loss`, bytesOf('loss 2'))), 'no');
  });
});
