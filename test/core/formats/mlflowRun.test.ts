import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mlflowRun } from '../../../src/core/formats/mlflowRun';
import { bytesOf, checkChunking, checkHostile, fixture, fixtureNames, readLog, readRepeated, sampleOf } from './check';

const ID = 'mlflowRun';
const RUN = 'mlruns/0/cb0096518b0e4c66a94428555f05420b';

describe('mlflowRun', () => {
  const param = (key: string, text: string) => readLog(mlflowRun, `${RUN}/params/${key}`, bytesOf(text));
  const meta = (status: number) => readLog(mlflowRun, `${RUN}/meta.yaml`, bytesOf(`run_id: a\nstatus: ${status}\n`));

  test('recorded store', () => {
    const rate = readLog(mlflowRun, `${RUN}/params/LEARNING_RATE`, fixture(ID, `${RUN}/params/LEARNING_RATE`));
    assert.deepEqual([...rate.configEntries], [['LEARNING_RATE', 0.01]]);
    assert.deepEqual(readLog(mlflowRun, `${RUN}/meta.yaml`, fixture(ID, `${RUN}/meta.yaml`)).statuses, []);
  });
  test('parameters of all kinds', () => {
    assert.equal(param('train/max_steps', '900').facts.totalSteps?.value, 900);
    assert.equal(param('max_steps', '900\n').facts.totalSteps?.value, 900);
    assert.equal(param('max_steps', '-1').facts.totalSteps, undefined);
    assert.deepEqual([...param('model/name', 'gpt2').configEntries], [['model/name', 'gpt2']]);
    assert.deepEqual([...param('epochs', 'None').configEntries], []);
    assert.deepEqual([...param('use_beta', 'False').configEntries], [['use_beta', false]]);
  });
  test('status', () => {
    assert.deepEqual(meta(1).statuses, []);
    assert.deepEqual(meta(3).statuses, [{ kind: 'finished' }]);
    assert.deepEqual(meta(4).statuses, [{ kind: 'failed', reason: 'MLflow calls the run failed.' }]);
    assert.deepEqual(meta(5).statuses, [{ kind: 'failed', reason: 'The run was killed.' }]);
  });
  for (const name of fixtureNames(ID)) {
    test(`${name} cut and damaged`, () => {
      checkChunking(mlflowRun, name, fixture(ID, name));
      checkHostile(mlflowRun, name, fixture(ID, name));
    });
  }
  test('50 MB', () => {
    const log = readRepeated(mlflowRun, `${RUN}/params/lr`, bytesOf('1'), new Uint8Array(1 << 20), 50);
    assert.equal(log.issues.length, 1);
    assert.equal(log.configEntries.size, 0);
  });
  test('known by its folder; the meta file of an experiment is none', () => {
    assert.equal(mlflowRun.probe(sampleOf(`/w/${RUN}/meta.yaml`, bytesOf('a: 1\nrun_id: b\n'))), 'yes');
    assert.equal(mlflowRun.probe(sampleOf('/w/mlruns/0/meta.yaml', bytesOf('run_id: b\n'))), 'no');
    assert.equal(mlflowRun.probe(sampleOf(`/w/${RUN}/params/lr`, bytesOf('0.1'))), 'yes');
    assert.equal(mlflowRun.probe(sampleOf(`/w/${RUN}/params/colour`, bytesOf('red'))), 'no');
  });
});
