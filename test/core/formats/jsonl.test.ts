import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonl } from '../../../src/core/formats/jsonl';
import { MAX_SERIES_PER_FILE } from '../../../src/core/limits';
import type { FileLog } from '../../../src/core/series/fileLog';
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

const ID = 'jsonl';
const CUT_EVERYWHERE = ['llamaFactoryShort.jsonl', 'msSwift.jsonl'];

function read(...lines: string[]): FileLog {
  return readLog(jsonl, 'log.jsonl', bytesOf(lines.map((line) => `${line}\n`).join('')));
}

function codes(log: FileLog): string[] {
  return log.issues.map((issue) => issue.code);
}

describe('jsonl: real logs', () => {
  const file = (name: string) => readLog(jsonl, name, fixture(ID, name));

  test('LLaMA-Factory', () => {
    const log = file('llamaFactory.jsonl');
    expectSeries(log, 'train_loss', { points: 435, first: [5, 2.3475], last: [2175, 1.9787] });
    expectSeries(log, 'learning_rate', {
      points: 435,
      first: [5, 1.8348623853211011e-6],
      last: [2175, 4.611130619530668e-10],
    });
    assert.equal(log.facts.totalSteps?.value, 2178);
    assert.deepEqual(log.issues, []);
  });
  test('LLaMA-Factory, older: null for what was not measured', () => {
    const log = file('llamaFactoryNull.jsonl');
    expectSeries(log, 'train_loss', { points: 244, first: [5, 0.6694], last: [1220, 0.3414] });
    expectSeries(log, 'learning_rate', { points: 244, first: [5, 4.999792783608719e-5], last: [1220, 0] });
    assert.equal(log.facts.totalSteps?.value, 1220);
  });
  test('LLaMA-Factory, short', () => {
    const log = file('llamaFactoryShort.jsonl');
    expectSeries(log, 'train_loss', { points: 7, first: [5, 1.7488], last: [35, 0.0898] });
    expectSeries(log, 'learning_rate', {
      points: 7,
      first: [5, 0.0001911228490388136],
      last: [35, 1.4384089652291543e-6],
    });
    assert.equal(log.facts.totalSteps?.value, 37);
  });
  test('ms-swift', () => {
    const log = file('msSwift.jsonl');
    expectSeries(log, 'train_loss', { points: 2, first: [10, 4.4561], last: [20, 4.3683] });
    expectSeries(log, 'learning_rate', { points: 2, first: [10, 5.46e-6], last: [20, 1.093e-5] });
    expectSeries(log, 'val_loss', { points: 1, first: [10, 4.421665668487549], last: [10, 4.421665668487549] });
  });
  test('detectron2', () => {
    const log = file('detectron2.json');
    expectSeries(log, 'train_loss', { points: 200, first: [19, 2.725107299629599], last: [3999, 1.0374564621597528] });
    expectSeries(log, 'learning_rate', {
      points: 200,
      first: [19, 1.9310000000000002e-6],
      last: [3999, 2.5000000000000006e-6],
    });
  });
  test('a table with rows of many runs is refused', () => {
    const log = file('tableOfRuns.jsonl');
    assert.equal(log.points, 0);
    assert.deepEqual(codes(log), ['csv.tableOfRuns']);
  });
});

describe('jsonl: what rows mean', () => {
  test('nested objects, numbers as text, words for non-finite numbers', () => {
    const log = read(
      '{"step": 1, "data": {"actor/lr": "1e-6", "train": {"loss": NaN}}}',
      '{"step": 2, "data": {"actor/lr": "2e-6", "train": {"loss": -Infinity}}}',
      '{"step": 3, "data": {"actor/lr": "3e-6", "train": {"loss": 2.5}}}',
    );
    expectSeries(log, 'learning_rate', { points: 3, first: [1, 1e-6], last: [3, 3e-6] });
    const loss = log.find('train_loss')!;
    assert.deepEqual([...loss.values.view()], [Number.NaN, Number.NEGATIVE_INFINITY, 2.5]);
    assert.equal(loss.nonFinite, 2);
  });
  test('learning rates in an array are groups; other arrays are no metrics', () => {
    const log = read(
      '{"step":1,"lr":[0.1,0.2],"hist":[1,2,3],"loss":3}',
      '{"step":2,"lr":[0.3,0.4],"hist":[],"loss":2}',
    );
    expectSeries(log, 'learning_rate', { points: 2, first: [1, 0.1], last: [2, 0.3] });
    expectSeries(log, 'learning_rate/group1', { points: 2, first: [1, 0.2], last: [2, 0.4] });
    assert.equal(log.allSeries.length, 3);
  });
  test('step and plan in one text', () => {
    const log = read('{"loss": 2, "global_step/max_steps": "1/94"}', '{"loss": 1, "global_step/max_steps": "5/94"}');
    expectSeries(log, 'train_loss', { points: 2, first: [1, 2], last: [5, 1] });
    assert.equal(log.facts.totalSteps?.value, 94);
  });
  test('the optimizer step is chosen, not the micro-batch, wherever it stands', () => {
    const log = read('{"iter":8,"micro_step":16,"loss":3,"step":2}', '{"iter":16,"micro_step":32,"loss":2,"step":4}');
    expectSeries(log, 'train_loss', { points: 2, first: [2, 3], last: [4, 2] });
    expectSeries(log, 'iter', { points: 2, first: [2, 8], last: [4, 16] });
  });
  test('epochs stand for steps where there are none', () => {
    const log = read('{"epoch":0,"loss":3}', '{"epoch":1,"loss":2}');
    assert.equal(log.unit, 'epoch');
    expectSeries(log, 'train_loss', { points: 2, first: [0, 3], last: [1, 2] });
  });
  test('rows that count nothing are numbered, and it is said', () => {
    const log = read('{"loss":3}', '{"loss":2}');
    assert.equal(log.unit, 'row');
    assert.deepEqual(codes(log), ['step.missing']);
    expectSeries(log, 'train_loss', { points: 2, first: [1, 3], last: [2, 2] });
  });
  test('a first line of hyperparameters is config', () => {
    const log = read(
      '{"lr": 0.001, "model": {"name": "gpt", "layers": 12}, "max_steps": 500, "bf16": true}',
      '{"step":1,"loss":2}',
    );
    assert.deepEqual(Object.fromEntries(log.configEntries), {
      lr: 0.001,
      'model/name': 'gpt',
      'model/layers': 12,
      max_steps: 500,
      bf16: true,
    });
    assert.equal(log.facts.totalSteps?.value, 500);
    assert.equal(log.points, 1);
  });
  test('an object of hyperparameters is config even beside a step', () => {
    const log = read('{"step":0,"config":{"lr":0.1,"name":"a"},"loss":4}', '{"step":1,"loss":3}');
    assert.deepEqual(Object.fromEntries(log.configEntries), { lr: 0.1, name: 'a' });
    assert.equal(log.find('learning_rate'), undefined);
  });
  test('a split names the data set of a row', () => {
    const log = read(
      '{"step":1,"split":"train","loss":3}',
      '{"step":1,"split":"val","loss":4}',
      '{"step":2,"split":"train","loss":2}',
    );
    expectSeries(log, 'train_loss', { points: 2, first: [1, 3], last: [2, 2] });
    expectSeries(log, 'val_loss', { points: 1, first: [1, 4], last: [1, 4] });
  });
  test('the summary of a finished run is no point', () => {
    const log = read('{"step":1,"loss":3}', '{"step":2,"train_runtime":10.5,"train_loss":2.5}');
    assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
    expectSeries(log, 'train_loss', { points: 1, first: [1, 3], last: [1, 3] });
  });
  test('a restart goes back in a new segment', () => {
    const log = read('{"step":1,"loss":3}', '{"step":2,"loss":2}', '{"step":1,"loss":2.9}');
    assert.deepEqual(log.find('train_loss')!.segmentStarts, [0, 2]);
  });
  test('escapes in keys', () => {
    const log = read('{"step":1,"l\\u006fss":3,"a\\"b":1}');
    assert.ok(log.find('train_loss'));
    assert.ok(log.find('a"b'));
  });
  test('time stamps in milliseconds become seconds', () => {
    const log = read('{"step":1,"timestamp":1700000000000,"loss":1}');
    expectSeries(log, 'wall_time', { points: 1, first: [1, 1.7e9], last: [1, 1.7e9] });
  });
  test('byte order mark, CRLF, blank lines, a JSON array written line by line', () => {
    const log = readLog(jsonl, 'a.jsonl', bytesOf('\ufeff[\r\n{"step":1,"loss":3},\r\n\r\n{"step":2,"loss":2}]\r\n'));
    expectSeries(log, 'train_loss', { points: 2, first: [1, 3], last: [2, 2] });
    assert.deepEqual(log.issues, []);
  });
});

describe('jsonl: chunks and faults', () => {
  for (const name of fixtureNames(ID)) {
    test(`${name} is read alike however it is cut`, () => {
      checkChunking(jsonl, name, fixture(ID, name), CUT_EVERYWHERE.includes(name) ? 1 : 17);
      checkFlush(jsonl, name, fixture(ID, name));
    });
    test(`${name} damaged`, () => checkHostile(jsonl, name, fixture(ID, name), 60));
  }
  test('a bad line is reported with its offset and the rest is read', () => {
    const log = read('{"step":1,"loss":3}', '{"step":2,"loss":', 'not json', '{"step":3,"loss":1}');
    assert.deepEqual(codes(log), ['json.malformed', 'json.malformed']);
    assert.ok(log.issues[0]!.offset! >= 20 && log.issues[0]!.offset! < 38);
    expectSeries(log, 'train_loss', { points: 2, first: [1, 3], last: [3, 1] });
  });
  test('a torn last line waits without complaint', () => {
    const log = readLog(jsonl, 'a.jsonl', bytesOf('{"step":1,"loss":3}\n{"step":2,"lo'));
    assert.deepEqual(log.issues, []);
    assert.equal(log.points, 1);
  });
  test('100 000 keys in one line', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',');
    const log = read(`{"step":1,${keys}}`, '{"step":2,"k0":1}');
    assert.equal(log.allSeries.length, MAX_SERIES_PER_FILE);
    assert.ok(codes(log).includes('series.tooMany'));
  });
  test('deep nesting', () => {
    const log = read(
      `{"step":1,"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      `{"step":1,"a":${'['.repeat(200_000)}`,
      '{"step":2,"loss":1}',
    );
    assert.deepEqual(codes(log), ['json.malformed', 'json.malformed']);
    assert.equal(log.points, 1);
  });
  test('invalid UTF-8 in a key', () => {
    const bytes = bytesOf('{"step":1,"l??s":3}\n');
    bytes[12] = 0xff;
    bytes[13] = 0xc3;
    assert.equal(readLog(jsonl, 'a.jsonl', bytes).points, 1);
  });
  test('a line of 50 MB is dropped and reported once', () => {
    const log = readRepeated(
      jsonl,
      'a.jsonl',
      bytesOf('{"step":1,"loss":3}\n{"a":"'),
      bytesOf('x'.repeat(1 << 20)),
      50,
    );
    assert.deepEqual(codes(log), ['line.tooLong']);
    assert.equal(log.points, 1);
  });
  test('every line of another shape', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `{"step":${i},"loss":1,"x${i}":${i}}`);
    const log = read(...lines);
    assert.equal(log.find('train_loss')!.length, 3000);
    assert.equal(log.allSeries.length, MAX_SERIES_PER_FILE);
  });
});

describe('jsonl: detection', () => {
  test('objects that measure are taken as JSON lines, others are not', () => {
    const probe = (text: string) => jsonl.probe(sampleOf('a.txt', bytesOf(text)));
    assert.equal(probe('{"step":1,"loss":2}\n'), 'maybe');
    assert.equal(probe('{"name":"a","path":"b"}\n{"name":"c"}\n'), 'no');
    assert.equal(probe('step 1 loss 2\n'), 'no');
    assert.equal(probe(''), 'no');
  });
});
