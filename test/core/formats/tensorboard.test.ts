import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32c, maskedCrc } from '../../../src/core/formats/protobuf/crc32c';
import { bfloatFromBits, halfFromBits } from '../../../src/core/formats/protobuf/wire';
import { tensorboard } from '../../../src/core/formats/tensorboard';
import { MAX_SERIES_PER_FILE } from '../../../src/core/limits';
import type { FileLog } from '../../../src/core/series/fileLog';
import { double, event, eventFile, float, message, record, scalar, VERSION, varint, word } from '../../lib/eventFile';
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

const ID = 'tensorboard';
const CUT_EVERYWHERE = ['trackio.tfevents', 'hfMedicalGpt.tfevents', 'kerasValidation.tfevents'];

function tensor(tag: string, body: readonly number[]): number[] {
  return [...message(1, bytesOf(tag)), ...message(8, body)];
}

function read(bytes: Uint8Array): FileLog {
  return readLog(tensorboard, 'events.out.tfevents.1', bytes);
}

function codes(log: FileLog): string[] {
  return log.issues.map((issue) => issue.code);
}

describe('tensorboard: real files', () => {
  const log = (name: string) => readLog(tensorboard, name, fixture(ID, name));

  test('smallest whole file', () => {
    expectSeries(log('trackio.tfevents'), 'train_loss', { points: 5, first: [0, 1], last: [4, 0.20000000298023224] });
    expectSeries(log('trackio.tfevents'), 'accuracy', {
      points: 5,
      first: [0, 0.800000011920929],
      last: [4, 0.8799999952316284],
    });
  });
  test('Hugging Face: arguments as JSON text, then train/*', () => {
    const hf = log('hfMedicalGpt.tfevents');
    expectSeries(hf, 'train_loss', { points: 2, first: [1, 3.0155999660491943], last: [10, 3.015199899673462] });
    expectSeries(hf, 'learning_rate', { points: 2, first: [1, 0], last: [10, 1.1578947123780381e-5] });
    expectSeries(hf, 'epoch', { points: 2, first: [1, 0.25], last: [10, 2.5] });
    assert.equal(hf.configEntries.get('learning_rate'), 2e-5);
    assert.equal(hf.configEntries.get('lr_scheduler_type'), 'linear');
    assert.equal(hf.facts.totalSteps, undefined, 'max_steps is -1');
  });
  test('ms-swift', () => {
    const swift = log('msSwift.tfevents');
    expectSeries(swift, 'train_loss', { points: 1, first: [10, 4.457200050354004], last: [10, 4.457200050354004] });
    expectSeries(swift, 'learning_rate', {
      points: 1,
      first: [10, 5.464481091621565e-6],
      last: [10, 5.464481091621565e-6],
    });
  });
  test('NeMo: hparams plugin, gradient norms that are not numbers', () => {
    const nemo = log('nemoLightning.tfevents');
    expectSeries(nemo, 'train_loss', { points: 3, first: [0, 10.860244750976562], last: [2, 10.875540733337402] });
    expectSeries(nemo, 'grad_norm', { points: 3, first: [0, Number.NaN], last: [2, Number.NaN], nonFinite: 3 });
    expectSeries(nemo, 'learning_rate', { points: 3, first: [0, 0], last: [2, 0] });
    expectSeries(nemo, 'samples', { points: 3, first: [0, 8], last: [2, 24] });
    assert.equal(nemo.configEntries.get('cfg/micro_batch_size'), 4);
  });
  test('Megatron: twins against samples are kept apart, arguments one by one', () => {
    const megatron = log('megatron357m.tfevents');
    expectSeries(megatron, 'train_loss', {
      points: 100,
      first: [1, 11.06849479675293],
      last: [100, 9.000529289245605],
    });
    expectSeries(megatron, 'train_loss/samples', {
      points: 100,
      first: [32, 11.06849479675293],
      last: [3200, 9.000529289245605],
    });
    expectSeries(megatron, 'learning_rate', { points: 100, first: [1, 0], last: [100, 4.954503765475238e-6] });
    expectSeries(megatron, 'grad_norm', { points: 84, first: [16, 23.4753360748291], last: [100, 2.115602731704712] });
    assert.equal(megatron.configEntries.get('hidden_size'), 1024);
    assert.equal(megatron.facts.totalSteps?.value, megatron.configEntries.get('train_iters'));
    assert.deepEqual(megatron.find('wall_time')!.segmentStarts, [0]);
    assert.equal(megatron.find('wall_time')!.length, 100);
  });
  test('Megatron, newer; a launch that wrote no scalar', () => {
    const hybrid = log('megatronHybrid.tfevents');
    expectSeries(hybrid, 'train_loss', { points: 6, first: [1, 11.8472261428833], last: [6, 9.751537322998047] });
    expectSeries(hybrid, 'learning_rate', {
      points: 6,
      first: [1, 4.999999873689376e-5],
      last: [6, 0.0003000000142492354],
    });
    expectSeries(hybrid, 'grad_norm', { points: 6, first: [1, 2.4925482273101807], last: [6, 2.5581114292144775] });
    assert.equal(log('megatronNoScalar.tfevents').points, 0);
  });
  test('Keras: scalars as tensors', () => {
    const train = log('kerasTrain.tfevents');
    assert.equal(train.unit, 'epoch');
    expectSeries(train, 'train_loss', { points: 1, first: [0, 6.304666996002197], last: [0, 6.304666996002197] });
    expectSeries(train, 'accuracy', { points: 1, first: [0, 0.6843000054359436], last: [0, 0.6843000054359436] });
    const validation = log('kerasValidation.tfevents');
    expectSeries(validation, 'val_loss/iterations', {
      points: 1,
      first: [1250, 1.0753506422042847],
      last: [1250, 1.0753506422042847],
    });
  });
  test('Keras in TensorFlow 1', () => {
    const keras = log('kerasBatch.tfevents');
    expectSeries(keras, 'train_loss/batch', {
      points: 17,
      first: [0, 3.9135773181915283],
      last: [16, 2.932505594799295e-5],
    });
    expectSeries(keras, 'train_loss', { points: 17, first: [0, 3.9135773181915283], last: [16, 2.932505594799295e-5] });
    expectSeries(keras, 'val_loss', { points: 17, first: [0, 2.95634672511369e-5], last: [16, 2.932505594799295e-5] });
  });
  test('TensorFlow 1', () => {
    const functional = log('functional.tfevents');
    expectSeries(functional, 'train_loss', {
      points: 30,
      first: [1, 0.6931471824645996],
      last: [2901, 0.0005870526074431837],
    });
    expectSeries(functional, 'global_step/sec', {
      points: 28,
      first: [101, 80.75199890136719],
      last: [2901, 99.8116455078125],
    });
    expectSeries(log('functionalEval.tfevents'), 'train_loss', {
      points: 2,
      first: [1000, 0.001698243198916316],
      last: [3000, 0.0005675135762430727],
    });
  });
  test('images and histograms between scalars', () => {
    const demo = log('demoTest.tfevents');
    assert.ok(demo.allSeries.length === 20 && demo.points > 0);
    assert.deepEqual(demo.issues, []);
  });
  test('verl: sixty tags', () => {
    const verl = log('verl.tfevents');
    assert.deepEqual(verl.find('entropy')!.first(), { step: 1, value: 0.32874879240989685 });
    assert.deepEqual(verl.find('learning_rate')!.first(), { step: 1, value: 9.999999974752427e-7 });
    assert.deepEqual(verl.find('val-core/openai/gsm8k/reward/mean@1')!.first(), { step: 0, value: 0.2115238755941391 });
  });
});

describe('tensorboard: what events mean', () => {
  const shape = message(2, []);
  const packed = (type: number, bytes: readonly number[], field = 4) => [8, type, ...shape, ...message(field, bytes)];

  for (const [what, body, value] of [
    ['float in tensor_content', packed(1, float(1.5)), 1.5],
    ['float in float_val', packed(1, float(1.5), 5), 1.5],
    ['float in float_val, not packed', [8, 1, 0x2d, ...float(2.5)], 2.5],
    ['double in tensor_content', packed(2, double(0.1)), 0.1],
    ['double in double_val', packed(2, double(0.1), 6), 0.1],
    ['int32 in int_val', packed(3, varint(-7n), 7), -7],
    ['int32 in tensor_content', packed(3, word(-7)), -7],
    ['int64 in int64_val', packed(9, varint(5_000_000_000), 10), 5_000_000_000],
    ['int64 in tensor_content', packed(9, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), -1],
    ['bool in bool_val', packed(10, [1], 11), 1],
    ['half in half_val', packed(19, varint(0x3e00), 13), 1.5],
    ['half in tensor_content', packed(19, [0x00, 0x3e]), 1.5],
    ['bfloat16 in half_val', packed(14, varint(0x3fc0), 13), 1.5],
    ['bfloat16 in tensor_content', packed(14, [0xc0, 0x3f]), 1.5],
    ['uint32 in uint32_val', packed(22, varint(4_000_000_000), 16), 4_000_000_000],
    ['uint64 in uint64_val', packed(23, varint(6_000_000_000), 17), 6_000_000_000],
    ['nothing: the default of protocol buffers', [8, 1, ...shape], 0],
  ] as const) {
    test(`a scalar as ${what}`, () => {
      expectSeries(read(eventFile(event(3, [tensor('loss', [...body])]))), 'train_loss', {
        points: 1,
        first: [3, value],
        last: [3, value],
      });
    });
  }
  test('tensors with dimensions are no scalars', () => {
    const vector = [8, 1, ...message(2, message(2, [8, 2])), ...message(4, [...float(1), ...float(2)])];
    assert.equal(read(eventFile(event(1, [tensor('loss', vector)]))).points, 0);
  });
  test('half floats', () => {
    assert.equal(halfFromBits(0x7c00), Number.POSITIVE_INFINITY);
    assert.equal(halfFromBits(0xfc00), Number.NEGATIVE_INFINITY);
    assert.ok(Number.isNaN(halfFromBits(0x7e00)));
    assert.equal(halfFromBits(0x0001), 2 ** -24);
    assert.ok(Number.isNaN(bfloatFromBits(0x7fc0)));
  });
  test('large and negative steps', () => {
    const log = read(eventFile(event(2 ** 40, [scalar('loss', 1)]), event(-1, [scalar('loss', 2)])));
    assert.deepEqual([...log.find('train_loss')!.steps.view()], [2 ** 40, -1]);
  });
  test('a Markdown table of hyperparameters', () => {
    const text = '|param|value|\n|-|-|\n|learning_rate|0.001|\n|env|Ant|\n|anneal|True|';
    const body = [8, 7, ...shape, ...message(8, bytesOf(text))];
    const log = read(eventFile(event(0, [tensor('hyperparameters/text_summary', body)])));
    assert.equal(log.configEntries.get('learning_rate'), 0.001);
    assert.equal(log.configEntries.get('env'), 'Ant');
    assert.equal(log.configEntries.get('anneal'), true);
  });
  test('the end of a Hugging Face run: its mean loss is no training loss', () => {
    const log = read(
      eventFile(
        event(1, [scalar('train/loss', 2)]),
        event(2, [scalar('train/train_loss', 3), scalar('train/train_runtime', 9)]),
      ),
    );
    assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
    expectSeries(log, 'train_loss', { points: 1, first: [1, 2], last: [1, 2] });
  });
  test('a large summary keeps its scalars, a large graph is skipped', () => {
    const image = message(4, new Uint8Array(300_000));
    const graph = [0x09, ...double(1.7e9), ...message(4, new Uint8Array(300_000))];
    const bytes = eventFile(
      graph,
      event(1, [[...message(1, bytesOf('image')), ...image], scalar('loss', 4)]),
      event(2, [scalar('loss', 3)]),
    );
    const cuts = Array.from({ length: Math.floor(bytes.length / 1000) }, (_, i) => (i + 1) * 1000);
    const log = readLog(tensorboard, 'a', bytes, cuts);
    expectSeries(log, 'train_loss', { points: 2, first: [1, 4], last: [2, 3] });
    assert.deepEqual(log.issues, []);
  });
});

describe('tensorboard: chunks and faults', () => {
  for (const name of fixtureNames(ID)) {
    test(`${name} is read alike however it is cut`, () => {
      checkChunking(tensorboard, name, fixture(ID, name), CUT_EVERYWHERE.includes(name) ? 1 : 17);
      checkFlush(tensorboard, name, fixture(ID, name));
    });
    test(`${name} damaged`, () => checkHostile(tensorboard, name, fixture(ID, name), 60));
  }
  const three = [1, 2, 3].map((step) => event(step, [scalar('loss', 4 - step)]));

  test('a torn tail waits', () => {
    const bytes = eventFile(...three);
    for (let end = bytes.length - 40; end < bytes.length; end++)
      assert.deepEqual(read(bytes.subarray(0, end)).issues, []);
    assert.equal(read(bytes.subarray(0, bytes.length - 1)).find('train_loss')!.length, 2);
  });
  test('a damaged payload is left out and its offset is told', () => {
    const bytes = eventFile(...three);
    bytes[VERSION.length + 20]! ^= 1;
    const log = read(bytes);
    assert.deepEqual(
      log.issues.map(({ code, offset }) => [code, offset]),
      [['record.checksum', VERSION.length]],
    );
    expectSeries(log, 'train_loss', { points: 2, first: [2, 2], last: [3, 1] });
  });
  test('after a damaged header the next whole record is found', () => {
    for (const at of [0, 3, 7, 9]) {
      const bytes = eventFile(...three);
      bytes[VERSION.length + at]! ^= 0x41;
      const log = read(bytes);
      assert.deepEqual(
        log.issues.map(({ code, offset }) => [code, offset]),
        [['record.checksum', VERSION.length]],
      );
      expectSeries(log, 'train_loss', { points: 2, first: [2, 2], last: [3, 1] });
      checkChunking(tensorboard, 'damaged', bytes);
    }
  });
  test('a stated length takes no memory and is refused when it is too large', () => {
    const header = [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0];
    const crc = word(maskedCrc(crc32c(Uint8Array.from(header), 0, 8)));
    const bytes = Uint8Array.from([...VERSION, ...header, ...crc, ...record(three[0]!)]);
    const log = read(bytes);
    assert.deepEqual(codes(log), ['record.length']);
    assert.equal(log.find('train_loss')!.length, 1);
  });
  test('a header that states more bytes than are its own swallows no record', () => {
    for (const stated of [3, 60, 100_000, 200 * (1 << 20)]) {
      const header = [...word(stated), 0, 0, 0, 0];
      const crc = word(maskedCrc(crc32c(Uint8Array.from(header), 0, 8)));
      const bytes = Uint8Array.from([...VERSION, ...header, ...crc, ...three.flatMap((each) => [...record(each)])]);
      const log = read(bytes);
      assert.deepEqual(codes(log), ['record.checksum']);
      assert.equal(log.issues[0]!.offset, VERSION.length);
      expectSeries(log, 'train_loss', { points: 3, first: [1, 3], last: [3, 1] });
      checkChunking(tensorboard, 'swallowing', bytes);
    }
  });
  test('50 MB of a graph, of a summary, and of noise', () => {
    const long = (head: readonly number[]) => {
      const header = [...word(60 * (1 << 20)), 0, 0, 0, 0];
      const crc = word(maskedCrc(crc32c(Uint8Array.from(header), 0, 8)));
      return Uint8Array.from([...VERSION, ...header, ...crc, ...head]);
    };
    const piece = new Uint8Array(1 << 20);
    const graph = long([0x09, ...double(1), ...varint(4 * 8 + 2), ...varint(59 * (1 << 20))]);
    // Ten of its 60 MB are missing at the end of the file.
    assert.deepEqual(codes(readRepeated(tensorboard, 'a', graph, piece, 50)), ['record.length']);
    const summary = long([0x09, ...double(1), ...varint(5 * 8 + 2), ...varint(59 * (1 << 20))]);
    assert.deepEqual(codes(readRepeated(tensorboard, 'a', summary, piece, 50)), ['record.length']);
    assert.deepEqual(codes(readRepeated(tensorboard, 'a', Uint8Array.from(VERSION), piece, 50)), ['record.checksum']);
  });
  test('a record that is no event', () => {
    const log = read(eventFile([0x2a, 0x7f, 0x01], three[0]!));
    assert.deepEqual(codes(log), ['record.malformed']);
    assert.equal(log.find('train_loss')!.length, 1);
  });
  test('100 000 tags', () => {
    const payloads = Array.from({ length: 100 }, (_, e) =>
      event(
        e,
        Array.from({ length: 1000 }, (_, i) => scalar(`t${e * 1000 + i}`, 1)),
      ),
    );
    const log = readLog(
      tensorboard,
      'a',
      Uint8Array.from([...VERSION, ...payloads.flatMap((payload) => record(payload))]),
    );
    assert.equal(log.allSeries.length, MAX_SERIES_PER_FILE);
    assert.ok(codes(log).includes('series.tooMany'));
  });
  test('invalid UTF-8 in a tag', () => {
    const value = [...message(1, [0xff, 0xfe, 0xc3]), 0x15, ...float(1)];
    assert.ok(read(eventFile(event(1, [value]))).points > 0);
  });
});

describe('tensorboard: checksum and detection', () => {
  test('CRC-32C of the check string and of RFC 3720 B.4', () => {
    const text = bytesOf('123456789');
    assert.equal(crc32c(text, 0, text.length) >>> 0, 0xe3069283);
    assert.equal(crc32c(new Uint8Array(32), 0, 32) >>> 0, 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff), 0, 32) >>> 0, 0x62a8ab43);
    assert.equal(crc32c(text, 4, 9, crc32c(text, 0, 4)) >>> 0, 0xe3069283);
    assert.equal(crc32c(text, 0, 0), 0);
  });
  test('known by its first header', () => {
    assert.equal(tensorboard.probe(sampleOf('x', Uint8Array.from(VERSION))), 'yes');
    assert.equal(tensorboard.probe(sampleOf('events.out.tfevents.1', bytesOf('step 1 loss 2.0 lr 0.1'))), 'no');
    assert.equal(tensorboard.probe(sampleOf('x', new Uint8Array(5))), 'no');
  });
});

test('two tags that mean the training loss have the same names in each file, whichever comes first', () => {
  const file = (...tags: string[]) =>
    read(eventFile(...[1, 2, 3].flatMap((step) => tags.map((tag) => event(step, [scalar(tag, 3)])))));
  for (const log of [file('loss', 'train/loss'), file('train/loss', 'loss')]) {
    assert.deepEqual(
      Object.fromEntries(log.allSeries.filter(({ name }) => /loss/.test(name)).map(({ name, label }) => [name, label])),
      { train_loss: 'loss', eval_train_loss: 'train/loss' },
    );
  }
});
