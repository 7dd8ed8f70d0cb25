import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectFormat } from '../../../src/core/formats/detect';
import { dvclive } from '../../../src/core/formats/dvclive';
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

const ID = 'dvclive';
const METRICS = 'dvclive/plots/metrics';

describe('dvclive', () => {
  test('folders tell training and validation apart', () => {
    const log = (key: string) => readLog(dvclive, `${METRICS}/${key}.tsv`, fixture(ID, `${METRICS}/${key}.tsv`));
    expectSeries(log('train/loss'), 'train_loss', { points: 3, first: [0, 0.4], last: [2, Number.NaN], nonFinite: 1 });
    expectSeries(log('train/loss'), 'wall_time', { points: 3, first: [0, 1623671484.747], last: [2, 1623671485.001] });
    expectSeries(log('val/loss'), 'val_loss', { points: 2, first: [0, 0.9], last: [1, 0.4] });
  });
  test('a damaged row is told of, an unfinished one waits', () => {
    const text = 'step\tloss\n0\t1\nx\n\n2\t3\r\n3\t4';
    const log = readLog(dvclive, `${METRICS}/loss.tsv`, bytesOf(text));
    expectSeries(log, 'train_loss', { points: 2, first: [0, 1], last: [2, 3] });
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [['line.malformed', 14]],
    );
  });
  for (const name of fixtureNames(ID)) {
    test(`${name} cut and damaged`, () => {
      checkChunking(dvclive, name, fixture(ID, name));
      checkFlush(dvclive, name, fixture(ID, name));
      checkHostile(dvclive, name, fixture(ID, name));
    });
  }
  test('50 MB without a line end', () => {
    const head = bytesOf('step\tloss\n');
    const log = readRepeated(dvclive, `${METRICS}/loss.tsv`, head, new Uint8Array(1 << 20).fill(0x31), 50);
    assert.equal(log.points, 0);
  });
  test('known by its folder and its header', () => {
    const table = bytesOf('step\tloss\n0\t1\n1\t2\n2\t2\n');
    assert.equal(detectFormat(sampleOf(`/w/${METRICS}/a/loss.tsv`, table))?.format.id, 'dvclive');
    assert.equal(detectFormat(sampleOf('/w/loss.tsv', table))?.format.id, 'csv');
    assert.equal(dvclive.probe(sampleOf(`/w/${METRICS}/loss.tsv`, bytesOf('a\tb\n'))), 'no');
  });
});
