import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteMap } from '../../../../src/core/formats/text/byteMap';
import { hasEscape, stripEscapes } from '../../../../src/core/formats/text/escapes';
import { afterPrefix } from '../../../../src/core/formats/text/prefix';
import { readBar } from '../../../../src/core/formats/text/progressBar';
import { PythonKind, PythonScanner } from '../../../../src/core/formats/text/python';
import { ascii, Scanner } from '../../../../src/core/formats/text/scanner';
import { bytesOf, seeded } from '../check';

function scannerOf(text: string): Scanner {
  const scan = new Scanner();
  const bytes = bytesOf(text);
  scan.reset(bytes, 0, bytes.length);
  return scan;
}

test('a reading method moves only when it finds what it looks for', () => {
  const scan = scannerOf('iter 10: loss');
  assert.equal(scan.literal(ascii('step')), false);
  assert.equal(scan.pos, 0);
  assert.equal(scan.literal(ascii('iter ')), true);
  assert.equal(scan.integer(), true);
  assert.equal(scan.value, 10);
  assert.equal(scan.number(), false);
  assert.equal(scan.byte(0x3a), true);
  assert.equal(scan.seek(ascii('ss')), true);
  assert.equal(scan.atEnd, true);
  assert.equal(scan.next, -1);
  assert.equal(scan.seek(ascii('x')), false);
  assert.equal(scan.literal(ascii('x')), false);
});

test('an integer has at most fifteen digits and no sign', () => {
  assert.equal(scannerOf('999999999999999').integer(), true);
  assert.equal(scannerOf('1000000000000000').integer(), false);
  assert.equal(scannerOf('-1').integer(), false);
  assert.equal(scannerOf('').integer(), false);
});

test('identifiers begin with a letter or underscore', () => {
  const scan = scannerOf('_a9-');
  assert.equal(scan.identifier(), true);
  assert.equal(scan.pos, 3);
  assert.equal(scannerOf('9a').identifier(), false);
});

test('terminal escapes are removed: colours, cursor moves, titles, links, cut ones', () => {
  for (const [text, plain] of [
    ['\x1b[32mstep\x1b[0m 1', 'step 1'],
    ['\x1b[38;2;180;60;0mloss\x1b[39m: 2', 'loss: 2'],
    ['a\x1b[A\x1b[2Kb\x1b[?25h', 'ab'],
    ['\x1b]0;title\x07x\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\', 'xlink'],
    ['x\x1b(By\x1bMz', 'xyz'],
    ['end\x1b[38;2', 'end'],
    ['end\x1b', 'end'],
    ['\x1b]never ends', ''],
  ] as const) {
    const bytes = bytesOf(text);
    const out = new Uint8Array(bytes.length);
    assert.equal(hasEscape(bytes, 0, bytes.length), true);
    assert.equal(new TextDecoder().decode(out.subarray(0, stripEscapes(bytes, 0, bytes.length, out))), plain);
  }
});

test('prefixes of launchers and loggers are taken off one by one', () => {
  for (const [text, rest] of [
    ['0: step', 'step'],
    [' 3: step', 'step'],
    ['worker-1: step', 'step'],
    ['[rank0]: step', 'step'],
    ['[default7]: iteration', 'iteration'],
    ['[1,0]<stdout>: step', 'step'],
    ['[rank0]:[titan] 2026-05-20 05:40:06,366 - root - INFO - step:  1', 'step:  1'],
    ['(main_task pid=64899) step:1', 'step:1'],
    ['(RayTrainWorker pid=1, ip=10.0.0.2) step', 'step'],
    ['[2026-05-20 05:40:06,366] iteration 1', 'iteration 1'],
    ['[2024-04-17 09:42:26] INFO [olmo.train:816, rank=0] [step=1/2]', '[step=1/2]'],
    ['2026-05-20T05:40:06.123456789Z iter 1', 'iter 1'],
    ['2026-05-20T05:40:06.123456789Z stdout F iter 1', 'iter 1'],
    ['2026-05-20T05:40:06+02:00 iter 1', 'iter 1'],
    ['05/17/2024 01:03:18 - INFO - llmtuner.extras.callbacks - {', '{'],
    ["[INFO|trainer.py:1721] 2023-05-01 10:00:00,123 >> {'loss'", "{'loss'"],
    ['I0317 10:00:15.412 140 metric_logger.py:181] completed', 'completed'],
    ['INFO:root:step 1', 'step 1'],
    ['2020-12-10 12:21:24 | INFO | train_inner | {"epoch"', '{"epoch"'],
    ['12:30:01 step', 'step'],
  ] as const) {
    const bytes = bytesOf(text);
    const seen: string[] = [];
    for (let pos = 0; ; ) {
      const next = afterPrefix(bytes, pos, bytes.length);
      if (next === pos) break;
      pos = next;
      seen.push(text.slice(pos));
    }
    assert.ok(seen.includes(rest), `${text} gave ${JSON.stringify(seen)}`);
  }
});

test('nothing is taken off a line that begins with a record', () => {
  for (const text of ['iter 10: loss', "{'loss': 1}", 'step 0: train', '', '   ', '10.5', '1e-5 x']) {
    const bytes = bytesOf(text);
    assert.equal(afterPrefix(bytes, 0, bytes.length), 0, text);
  }
});

test('a prefix of random bytes never reads beyond its line', () => {
  const random = seeded(4);
  const alphabet = bytesOf('[]():-|>0123456789 TZINFOpid=,./<a\x1b');
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: 40 }, () => alphabet[Math.floor(random() * alphabet.length)]!);
    const end = Math.floor(random() * 40);
    const after = afterPrefix(bytes, 0, end);
    assert.ok(after >= 0 && after <= end);
  }
});

test('keys are found by their bytes, also those with equal hashes or prefixes', () => {
  const map = new ByteMap<number>();
  const keys = Array.from({ length: 2000 }, (_, i) => `key ${i}`);
  for (const [i, key] of keys.entries()) map.set(bytesOf(`xx${key}`), 2, key.length + 2, i);
  map.set(bytesOf('key 7'), 0, 5, -7);
  assert.equal(map.size, 2000);
  assert.equal(map.get(bytesOf('key 7'), 0, 5), -7);
  for (const [i, key] of keys.entries()) if (i !== 7) assert.equal(map.get(bytesOf(key), 0, key.length), i);
  assert.equal(map.get(bytesOf('key'), 0, 3), undefined);
});

test('Python literals are read as data', () => {
  const python = new PythonScanner();
  for (const [text, value] of [
    ['10000', 10000],
    ['6e-4 # max', 6e-4],
    ['5 * 8', 40],
    ['5 * 8 * 2', 80],
    ["'1.5'", 1.5],
    ["'gpt2-124M' # name", 'gpt2-124M'],
    ['"it\'s"', "it's"],
    ['True', true],
    ['False,', false],
    ['None)', null],
    ['nan', Number.NaN],
    ['np.float64(2.5)', 2.5],
    ["tensor(2.31, device='cuda:0')", 2.31],
    ['[1, 2]', '[1, 2]'],
    ["{'a': (1, 2)}, 3", "{'a': (1, 2)}"],
    ['10_000', '10_000'],
  ] as const) {
    assert.deepEqual(python.literal(scannerOf(text)), value, text);
  }
  for (const text of ["'open", '[1, 2', '', ')']) assert.equal(python.read(scannerOf(text)), PythonKind.None, text);
});

test('bars of tqdm are read, with what stands before them', () => {
  const plain = { described: false, iterations: true };
  assert.deepEqual(readBar(scannerOf('  3%|▎         | 37/1120 [00:10<05:01,  3.60it/s]')), {
    done: 37,
    total: 1120,
    ...plain,
  });
  assert.deepEqual(readBar(scannerOf('100%|██████████| 50/50 [00:10<00:00, 12.52s/it]')), {
    done: 50,
    total: 50,
    ...plain,
  });
  assert.equal(readBar(scannerOf('Map: 10%|█ | 100/1000 [00:00<00:01, 100 examples/s]'))!.described, true);
  assert.equal(readBar(scannerOf('10%|█ | 100/1000 [00:00<00:01, 100 examples/s]'))!.iterations, false);
  for (const text of ['%| | 1/2 [', '3%| 1/2', '3%|a| 1.2k/3k [', 'loss 3% of | x', '3%|x| 5 [']) {
    const scan = scannerOf(text);
    assert.equal(readBar(scan), undefined, text);
    assert.equal(scan.pos, 0);
  }
});
