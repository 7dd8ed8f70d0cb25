import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hfTrainerState } from '../../../src/core/formats/hfTrainerState';
import { MAX_DOCUMENT } from '../../../src/core/limits';
import { FileLog } from '../../../src/core/series/fileLog';
import {
  bytesOf,
  checkChunking,
  checkHostile,
  expectSeries,
  fixture,
  fixtureNames,
  readLog,
  readRepeated,
  type SeriesFacts,
  sampleOf,
} from './check';

const ID = 'hfTrainerState';

function read(text: string): FileLog {
  return readLog(hfTrainerState, 'trainer_state.json', bytesOf(text));
}

function codes(log: FileLog): string[] {
  return log.issues.map((issue) => issue.code);
}

describe('hfTrainerState: real states', () => {
  const expected: Readonly<
    Record<string, { total: number; global: number; finished: boolean; series: Readonly<Record<string, SeriesFacts>> }>
  > = {
    'groups.json': {
      total: 12030,
      global: 12030,
      finished: false,
      series: {
        train_loss: { points: 30, first: [401, 1.1074], last: [12030, 0.0549] },
        learning_rate: { points: 30, first: [401, 1e-5], last: [12030, 1e-5] },
        grad_norm: { points: 30, first: [401, 5.49674654006958], last: [12030, 1.7071932554244995] },
        'val_loss/g0': { points: 31, first: [0, 5.741583347320557], last: [12030, 2.7486727237701416] },
        'val_loss/g1': { points: 31, first: [0, 8.220163345336914], last: [12030, 4.1004319190979] },
        'val_loss/g2': { points: 31, first: [0, 7.357771396636963], last: [12030, 4.4023661613464355] },
        'val_loss/g3': { points: 31, first: [0, 6.202539443969727], last: [12030, 4.682476043701172] },
        'val_loss/g4': { points: 31, first: [0, 5.275249004364014], last: [12030, 4.523464202880859] },
        'val_loss/g5': { points: 31, first: [0, 3.7603373527526855], last: [12030, 4.835134983062744] },
      },
    },
    'kto500.json': {
      total: 1000,
      global: 500,
      finished: false,
      series: {
        train_loss: { points: 51, first: [1, 0.5], last: [500, 0.0821] },
        learning_rate: { points: 51, first: [1, 1.3333333333333334e-6], last: [500, 0.00011764705882352942] },
        grad_norm: { points: 51, first: [1, 0.03340889886021614], last: [500, 0.35229429602622986] },
      },
    },
    'kto1000.json': {
      total: 1000,
      global: 1000,
      finished: false,
      series: {
        train_loss: { points: 101, first: [1, 0.5], last: [1000, 0.0476] },
        learning_rate: { points: 101, first: [1, 1.3333333333333334e-6], last: [1000, 0] },
        grad_norm: { points: 101, first: [1, 0.03340889886021614], last: [1000, 0.1515132635831833] },
      },
    },
    'checkpoint900.json': {
      total: 1120,
      global: 900,
      finished: false,
      series: {
        train_loss: { points: 90, first: [10, 1.6241], last: [900, 0.022] },
        learning_rate: { points: 90, first: [10, 8.92857142857143e-6], last: [900, 1.130009458668863e-5] },
        grad_norm: { points: 90, first: [10, 1.1456103324890137], last: [900, 0.618025004863739] },
        val_loss: { points: 9, first: [100, 0.9802068471908569], last: [900, 1.7607600688934326] },
      },
    },
    'qlora.json': {
      total: 10000,
      global: 10000,
      finished: true,
      series: {
        train_loss: { points: 1000, first: [10, 5.4962], last: [10000, 0.0886] },
        learning_rate: { points: 1000, first: [10, 0.0002], last: [10000, 0.0002] },
      },
    },
    'llamaFactory.json': {
      total: 2178,
      global: 2178,
      finished: true,
      series: {
        train_loss: { points: 435, first: [5, 2.3475], last: [2175, 1.9787] },
        learning_rate: { points: 435, first: [5, 1.8348623853211011e-6], last: [2175, 4.611130619530668e-10] },
        grad_norm: { points: 435, first: [5, 6.8820600509643555], last: [2175, 0.10451847314834595] },
      },
    },
  };

  for (const [name, { total, global, finished, series }] of Object.entries(expected)) {
    test(name, () => {
      const log = readLog(hfTrainerState, name, fixture(ID, name));
      for (const [id, facts] of Object.entries(series)) expectSeries(log, id, facts);
      assert.equal(log.facts.totalSteps?.value, total);
      assert.equal(log.configEntries.get('global_step'), global);
      assert.deepEqual(log.statuses, finished ? [{ kind: 'finished' }] : []);
      assert.deepEqual(log.issues, []);
    });
  }
});

describe('hfTrainerState: what a document means', () => {
  test('NaN and Infinity are points', () => {
    const log = read(
      '{"log_history": [{"loss": NaN, "step": 1}, {"loss": Infinity, "step": 2}, {"loss": 1, "step": 3}], "max_steps": 9}',
    );
    expectSeries(log, 'train_loss', { points: 3, first: [1, Number.NaN], last: [3, 1], nonFinite: 2 });
    assert.equal(log.facts.totalSteps?.value, 9);
  });
  test('max_steps of -1 is no plan', () => {
    assert.equal(read('{"log_history": [], "max_steps": -1}').facts.totalSteps, undefined);
  });
  test('training that went on after its end is resumed', () => {
    const log = read(
      '{"log_history": [{"loss": 2, "step": 1}, {"train_runtime": 5, "train_loss": 2, "step": 1}, {"loss": 1, "step": 2}]}',
    );
    assert.deepEqual(log.statuses, [{ kind: 'finished' }, { kind: 'resumed', step: 2 }]);
    assert.equal(log.find('train_loss')!.length, 2);
  });
  test('brackets, quotes and keys inside texts do not count', () => {
    const log = read(
      '{"a": "]}{[ \\" log_history", "b": {"log_history": [{"loss": 9, "step": 9}]}, "log_history": [{"loss": 1, "note": "}]\\\\", "step": 1}], "max_steps": 3}',
    );
    expectSeries(log, 'train_loss', { points: 1, first: [1, 1], last: [1, 1] });
    assert.equal(log.facts.totalSteps?.value, 3);
    assert.deepEqual(log.issues, []);
  });
});

describe('hfTrainerState: chunks and faults', () => {
  for (const name of fixtureNames(ID)) {
    test(`${name} is read alike however it is cut`, () =>
      checkChunking(hfTrainerState, name, fixture(ID, name), name === 'checkpoint900.json' ? 1 : 17));
    test(`${name} damaged`, () => checkHostile(hfTrainerState, name, fixture(ID, name), 60));
  }
  test('a document in the middle of being written: its entries are read, its end is missed', () => {
    const bytes = fixture(ID, 'checkpoint900.json');
    const log = readLog(hfTrainerState, 'a.json', bytes.subarray(0, bytes.length / 2));
    assert.ok(log.find('train_loss')!.length > 30);
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [['json.malformed', Math.floor(bytes.length / 2)]],
    );
  });
  test('no object, or something behind it', () => {
    assert.deepEqual(codes(read('[1]')), ['json.malformed']);
    assert.deepEqual(codes(read('{"log_history": []} x')), ['json.malformed']);
  });
  test('a bad entry is reported and the others are read', () => {
    const log = read('{"log_history": [{"loss": 1 "step": 1}, {"loss": 2, "step": 2}]}');
    assert.deepEqual(codes(log), ['json.malformed']);
    assert.equal(log.points, 1);
  });
  test('deep nesting, an endless text, an entry of 50 MB', () => {
    const head = bytesOf('{"log_history": [{"loss": 1, "step": 1}, {"a": "');
    const log = readRepeated(hfTrainerState, 'a.json', head, bytesOf('x'.repeat(1 << 20)), 50);
    assert.deepEqual(codes(log), ['json.malformed']);
    assert.equal(log.points, 1);
    assert.ok(codes(read(`{"log_history": ${'['.repeat(1_000_000)}`)).includes('json.malformed'));
    const long = `{"log_history": [{"a": "${'x'.repeat(5 << 20)}"}, {"loss": 1, "step": 1}]}`;
    assert.deepEqual(codes(read(long)), ['line.tooLong']);
  });
  test('a document over the limit is left', () => {
    const log = new FileLog('a.json');
    const parser = hfTrainerState.open(sampleOf('a.json', new Uint8Array(0)));
    parser.push(bytesOf('{"log_history": ["'), log);
    const piece = bytesOf('x'.repeat(1 << 22));
    for (let sent = 0; sent <= MAX_DOCUMENT; sent += piece.length) parser.push(piece, log);
    assert.deepEqual(codes(log), ['file.tooLarge']);
  });
});
