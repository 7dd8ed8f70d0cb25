import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from '../../../src/core/formats/protobuf/crc32';
import { wandb } from '../../../src/core/formats/wandb';
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

const ID = 'wandb';
const BLOCK = 32768;
const HEADER = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0];

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}

function message(field: number, body: ArrayLike<number>): number[] {
  return [...varint(field * 8 + 2), ...varint(body.length), ...Array.from(body)];
}

function item(key: string | readonly string[], json: string): number[] {
  const name = typeof key === 'string' ? message(1, bytesOf(key)) : key.flatMap((part) => message(2, bytesOf(part)));
  return message(1, [...name, ...message(16, bytesOf(json))]);
}

function history(row: Readonly<Record<string, string | number>>): number[] {
  return message(
    2,
    Object.entries(row).flatMap(([key, value]) => item(key, `${value}`)),
  );
}

/** A `define_metric` record; a name that ends with `*` is a pattern. */
function define(name: string, axis: string): number[] {
  return message(12, [...message(name.endsWith('*') ? 2 : 1, bytesOf(name)), ...message(4, bytesOf(axis))]);
}

function chunk(type: number, data: ArrayLike<number>): number[] {
  const body = Uint8Array.from([type, ...Array.from(data)]);
  const crc = crc32(body, 0, body.length);
  const word = [crc & 255, (crc >> 8) & 255, (crc >> 16) & 255, (crc >>> 24) & 255];
  return [...word, data.length & 255, data.length >> 8, ...body];
}

/** A run file of `records`, cut into chunks where a block ends. */
function file(...records: readonly number[][]): Uint8Array {
  const bytes = [...HEADER];
  for (const record of records) {
    for (let from = 0, first = true; first || from < record.length; first = false) {
      let room = BLOCK - (bytes.length % BLOCK);
      if (room < 7) for (; room > 0; room--) bytes.push(0);
      const to = Math.min(record.length, from + (BLOCK - (bytes.length % BLOCK)) - 7);
      const last = to === record.length;
      for (const byte of chunk(first ? (last ? 1 : 2) : last ? 4 : 3, record.slice(from, to))) bytes.push(byte);
      from = to;
    }
  }
  return Uint8Array.from(bytes);
}

function read(...records: readonly number[][]): FileLog {
  return readLog(wandb, 'run-a.wandb', file(...records));
}

function stepsOf(log: FileLog, name: string): number[] {
  return Array.from(log.find(name)!.steps.view());
}

function faults(log: FileLog): unknown {
  return log.issues.map(({ code, offset }) => [code, offset]);
}

describe('wandb: recorded files', () => {
  const log = (name: string) => readLog(wandb, name, fixture(ID, `${name}.wandb`));

  test('one metric, thirty rows', () => {
    expectSeries(log('plain'), 'train_loss', { points: 30, first: [0, 1.242074], last: [29, 0.28268] });
    assert.deepEqual(log('plain').statuses, [{ kind: 'finished' }]);
    assert.equal(log('plain').configEntries.get('lr'), 0.001);
  });
  test('a run that goes on has no end', () => {
    const live = log('live');
    expectSeries(live, 'train_loss', { points: 30, first: [0, 1.607056], last: [29, 0.445006] });
    expectSeries(live, 'accuracy', { points: 30, first: [0, 0.53], last: [29, 0.965] });
    expectSeries(live, 'train/kl', { points: 30, first: [0, 0.1], last: [29, 0.003333] });
    assert.deepEqual(live.statuses, []);
  });
  test('a crash', () => {
    expectSeries(log('crash'), 'train_loss', { points: 18, first: [0, 1.76216], last: [17, 1.023023] });
    expectSeries(log('crash'), 'sys/throughput', { points: 18, first: [0, 1000], last: [17, 955.250532] });
    assert.deepEqual(log('crash').statuses, [{ kind: 'failed', reason: 'Ended with an error (exit code 1).' }]);
  });
  test('console output and config beside the rows', () => {
    const tiny = log('singleTiny');
    expectSeries(tiny, 'train_loss', { points: 50, first: [0, 2], last: [49, 0.285] });
    expectSeries(tiny, 'eval/step_fn', { points: 50, first: [0, 0], last: [49, 1] });
    expectSeries(tiny, 'wall_time', { points: 50, first: [0, 1767323047], last: [49, 1767323096] });
    assert.equal(tiny.configEntries.get('optimizer'), 'adam');
  });
  test('values that are not numbers, as bare words and as strings', () => {
    expectSeries(log('nanInf'), 'edge/nan_inf', { points: 20, first: [0, 0], last: [19, 0.050127], nonFinite: 12 });
    expectSeries(log('nanInf'), 'edge/flat', { points: 20, first: [0, 1.5], last: [19, 1.5] });
    expectSeries(log('nanInf'), 'edge/single_point', { points: 1, first: [0, 42], last: [0, 42] });
  });
  test('names in any script', () => {
    expectSeries(log('unicode'), '损失/loss', { points: 10, first: [0, 1], last: [9, 0.28] });
    expectSeries(log('unicode'), 'emoji/🚀speed', { points: 10, first: [0, 100], last: [9, 145] });
  });
  test('nested keys of pictures', () => {
    expectSeries(log('media'), 'samples.size', { points: 5, first: [0, 2396], last: [4, 2396] });
  });
  test('system metrics are passed over', () => {
    expectSeries(log('systemStats'), 'train_loss', { points: 1, first: [0, 1], last: [0, 1] });
    assert.equal(log('systemStats').allSeries.length, 1);
  });
  test('a damaged record is left out, the next one is read', () => {
    expectSeries(log('badCrc'), 'wire/metric', { points: 3, first: [0, 10], last: [3, 13] });
    assert.deepEqual(faults(log('badCrc')), [['record.checksum', 143]]);
    assert.deepEqual(log('badCrc').statuses, [{ kind: 'finished' }]);
  });
  test('a torn tail waits', () => {
    expectSeries(log('truncatedTail'), 'wire/metric', { points: 3, first: [0, 1], last: [2, 3] });
    assert.deepEqual(log('truncatedTail').issues, []);
  });
  test('Hugging Face: the optimizer step, not the count of calls', () => {
    const hf = log('hfTrainer');
    expectSeries(hf, 'train_loss', { points: 1, first: [10, 3.5937], last: [10, 3.5937] });
    expectSeries(hf, 'val_loss', { points: 3, first: [6, 13.642016410827637], last: [18, 13.2783784866333] });
    assert.equal(hf.configEntries.get('learning_rate'), 2e-5);
    assert.equal(hf.configEntries.get('lr_scheduler_type'), 'linear');
    assert.deepEqual(hf.statuses, [{ kind: 'finished' }]);
  });
  test('lit-llama: records over several blocks, tables between the rows', () => {
    const lit = log('litLlama');
    expectSeries(lit, 'val_loss', { points: 1, first: [1, 12.152121543884277], last: [1, 12.152121543884277] });
    assert.deepEqual(lit.find('train_loss')!.first(), { step: 2, value: 10.695470809936523 });
    assert.deepEqual(lit.issues, []);
  });
});

describe('wandb: what rows mean', () => {
  test('a step metric under a usual name; rows without it belong to its last value', () => {
    const log = read(
      history({ _step: 0, iter: 100, 'train/loss': 3 }),
      history({ _step: 1, 'val/loss': 4 }),
      history({ _step: 2, iter: 200, 'train/loss': 2 }),
    );
    assert.deepEqual(stepsOf(log, 'train_loss'), [100, 200]);
    assert.deepEqual(stepsOf(log, 'val_loss'), [100]);
    assert.equal(log.find('iter'), undefined);
  });
  test('a step metric of the user; one in epochs is not followed', () => {
    const log = read(
      define('train/*', 'my_step'),
      define('val/loss', 'epoch'),
      history({ _step: 0, my_step: 50, epoch: 1, 'train/loss': 3, 'val/loss': 4 }),
      history({ _step: 1, my_step: 60, epoch: 2, 'train/loss': 2, 'val/loss': 3 }),
    );
    assert.deepEqual(stepsOf(log, 'train_loss'), [50, 60]);
    assert.deepEqual(stepsOf(log, 'val_loss'), [0, 1]);
  });
  test('values before the first value of their step metric are told of once', () => {
    const log = read(
      define('*', 'global_step'),
      history({ _step: 0, loss: 3 }),
      history({ _step: 1, global_step: 8, loss: 2 }),
    );
    assert.deepEqual(stepsOf(log, 'train_loss'), [8]);
    assert.deepEqual(faults(log), [['step.missing', null]]);
  });
  test('the step in the record itself, else the row', () => {
    const numbered = message(2, [...item('loss', '2'), ...message(2, [8, 7])]);
    assert.deepEqual(stepsOf(read(numbered, history({ loss: 1 })), 'train_loss'), [7, 8]);
  });
  test('nested keys and dictionaries; pictures and texts are no values', () => {
    const log = read(
      message(2, [
        ...item(['train', 'loss'], '3'),
        ...item('optim', '{"lr": 0.1, "deep": {"x": 2}}'),
        ...item('table', '{"_type": "table-file", "nrows": 3}'),
        ...item('note', '"nanometre"'),
        ...item('flag', 'true'),
      ]),
    );
    assert.deepEqual(
      log.allSeries.map((series) => series.label),
      ['train.loss', 'optim.lr', 'optim.deep/x'],
    );
    assert.equal(log.find('train_loss')!.length, 1);
  });
  test('config: nested values, totals, nothing of W&B itself', () => {
    const config = [...item('args', '{"max_steps": 900, "b": [1, 2]}'), ...item('_wandb', '{"a": 1}')];
    const log = read(message(17, message(4, config)), message(5, item('max_iters', '-1')));
    assert.deepEqual(
      [...log.configEntries],
      [
        ['args/max_steps', 900],
        ['args/b[0]', 1],
        ['args/b[1]', 2],
        ['max_iters', -1],
      ],
    );
    assert.equal(log.facts.totalSteps?.value, 900);
  });
  test('how it ended', () => {
    assert.deepEqual(read(message(18, [])).statuses, [{ kind: 'finished' }]);
    const reason = 'Interrupted by the user (exit code 255).';
    assert.deepEqual(read(message(18, [8, 255, 1])).statuses, [{ kind: 'failed', reason }]);
  });
});

describe('wandb: chunks and faults', () => {
  for (const name of fixtureNames(ID)) {
    test(`${name} is read alike however it is cut`, () => {
      checkChunking(wandb, name, fixture(ID, name), name.startsWith('plain') ? 1 : 17);
      checkFlush(wandb, name, fixture(ID, name));
    });
    test(`${name} damaged`, () => checkHostile(wandb, name, fixture(ID, name), 40));
  }
  const rows = Array.from({ length: 2000 }, (_, i) => history({ _step: i, loss: 3 - i / 1000 }));

  test('after two damaged chunks reading goes on at the next block', () => {
    const bytes = file(...rows);
    const length = chunk(1, rows[0]!).length;
    for (const at of [0, 1]) bytes[7 + at * length + 9]! ^= 1;
    const log = readLog(wandb, 'a', bytes);
    assert.deepEqual(faults(log), [['record.checksum', 7]]);
    assert.ok(log.find('train_loss')!.first()!.step > 500);
    assert.equal(log.find('train_loss')!.last()!.step, 1999);
  });
  test('a chunk that states more than its block holds', () => {
    const bytes = file(...rows);
    bytes[7 + 5] = 0xff;
    const log = readLog(wandb, 'a', bytes);
    assert.deepEqual(faults(log), [['record.length', 7]]);
    assert.equal(log.find('train_loss')!.last()!.step, 1999);
  });
  test('a record over three blocks; one that lacks its end', () => {
    const long = [...history({ _step: 0, loss: 2 }), ...message(13, new Uint8Array(80_000))];
    assert.equal(read(long, rows[1]!).points, 2);
    const bytes = file(long, rows[1]!);
    bytes[BLOCK + 100]! ^= 1;
    const log = readLog(wandb, 'a', bytes);
    assert.deepEqual(faults(log), [['record.checksum', BLOCK]]);
    assert.deepEqual(stepsOf(log, 'train_loss'), [1]);
    const open = Uint8Array.from([...HEADER, ...chunk(2, rows[0]!), ...chunk(1, rows[1]!), ...chunk(4, rows[2]!)]);
    assert.deepEqual(faults(readLog(wandb, 'a', open)), [
      ['record.malformed', 7],
      ['record.malformed', 7 + chunk(1, rows[0]!).length + chunk(1, rows[1]!).length],
    ]);
  });
  test('records that are no messages', () => {
    const log = read([0x12, 0x7f, 1], message(2, [0x0a, 0x7f]), message(12, [0x0a, 9]), message(18, [8]), rows[3]!);
    assert.deepEqual(
      log.issues.map(({ code }) => code),
      ['record.malformed', 'record.malformed', 'record.malformed', 'record.malformed'],
    );
    assert.deepEqual(stepsOf(log, 'train_loss'), [3]);
  });
  test('50 MB of one record, and of noise', () => {
    const head = Uint8Array.from([...HEADER, ...chunk(2, new Uint8Array(BLOCK - 14))]);
    const middle = Uint8Array.from(chunk(3, new Uint8Array(BLOCK - 7)));
    assert.equal(readRepeated(wandb, 'a', head, middle, 1600).issues.length, 1);
    assert.equal(readRepeated(wandb, 'a', Uint8Array.from(HEADER), new Uint8Array(1 << 20).fill(9), 50).points, 0);
  });
  test('any number of keys', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i] as const);
    assert.equal(read(history(Object.fromEntries(keys))).allSeries.length, MAX_SERIES_PER_FILE);
  });
});

describe('wandb: checksum and detection', () => {
  test('CRC-32 of the check string', () => {
    assert.equal(crc32(bytesOf('123456789'), 0, 9) >>> 0, 0xcbf43926);
    assert.equal(crc32(bytesOf(''), 0, 0), 0);
  });
  test('known by its header', () => {
    assert.equal(wandb.probe(sampleOf('x', Uint8Array.from(HEADER))), 'yes');
    assert.equal(wandb.probe(sampleOf('run-a.wandb', bytesOf(':W&'))), 'no');
  });
});
