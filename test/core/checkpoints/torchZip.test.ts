import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, dict, op, pickle, tensor, torchFile, tuple } from '../../lib/pickle';
import { f32 } from '../../lib/safetensors';
import { zip } from '../../lib/zip';
import { matrix, openFiles, pattern, reasons, withRecorded } from './recorded';
import { checkTrainerFile } from './trainerFile';

checkTrainerFile('torchZip');

const open = (...data: Uint8Array[]): ReturnType<typeof openFiles> =>
  openFiles({ 'model.pt': torchFile(pickle(...data), f32([1, 2, 3, 4])) });

describe('torchZip: other things that are saved', () => {
  for (const name of ['module.pt', 'pytorch_model.bin']) {
    test(name, () =>
      withRecorded(`torchZip/${name}`, async (checkpoint) => {
        assert.deepEqual(await matrix(checkpoint, 'q_proj.weight'), pattern(7, 4, 4));
      }),
    );
  }
  test('an archive whose entries are deflated', async () => {
    const parts = [
      { name: 'a/data.pkl', bytes: pickle(dict({ 'q_proj.weight': tensor({}) })), deflate: true },
      { name: 'a/data/0', bytes: f32([1, 2, 3, 4]), deflate: true },
    ];
    const checkpoint = await openFiles({ 'model.pt': zip(parts) });
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(await matrix(checkpoint, 'q_proj.weight', 1), Float32Array.of(1, 2, 3, 4));
    }
  });
  test('a dtype that no class of storages has', async () => {
    const id = tuple(
      op.text('storage'),
      op.global('torch.storage', 'UntypedStorage'),
      op.text('0'),
      op.text('cpu'),
      op.whole(4),
    );
    const shape = tuple(op.whole(2), op.whole(2));
    const strides = tuple(op.whole(2), op.whole(1));
    const dtype = op.global('torch', 'float8_e4m3fn');
    const weight = call(
      'torch._utils',
      '_rebuild_tensor_v3',
      id,
      op.persistent,
      op.whole(0),
      shape,
      strides,
      op.none,
      op.none,
      dtype,
    );
    const file = torchFile(pickle(dict({ w: weight })), Uint8Array.of(0x38, 0xb8, 0x7e, 0x01));
    assert.deepEqual(await matrix(await openFiles({ 'model.pt': file }), 'w'), Float32Array.of(1, -1, 448, 2 ** -9));
  });
  test('subclasses of tensors and parameters are the tensors they are', async () => {
    const inner = op.global('torch._utils', '_rebuild_tensor_v2');
    const id = tuple(op.text('storage'), op.global('torch', 'FloatStorage'), op.text('0'), op.text('cpu'), op.whole(4));
    const shape = tuple(op.whole(2), op.whole(2));
    const args = tuple(
      Buffer.concat([id, op.persistent]),
      op.whole(0),
      shape,
      tuple(op.whole(1), op.whole(2)),
      op.none,
    );
    const sub = call('torch._tensor', '_rebuild_from_type_v2', inner, op.global('x', 'Y'), args, op.dict);
    const parameter = call('torch._utils', '_rebuild_parameter', sub, op.none, op.dict);
    const checkpoint = await open(dict({ w: parameter }));
    assert.deepEqual(await matrix(checkpoint, 'w'), Float32Array.of(1, 3, 2, 4));
  });
  test('big-endian storages are not read', async () => {
    const parts = [
      { name: 'a/data.pkl', bytes: pickle(dict({ w: tensor({}) })) },
      { name: 'a/byteorder', bytes: Buffer.from('big') },
      { name: 'a/data/0', bytes: f32([1, 2, 3, 4]) },
    ];
    assert.deepEqual(reasons(await openFiles({ 'model.pt': zip(parts) })), { w: 'big-endian entries' });
  });
});

describe('torchZip: pickles that would run code', () => {
  const attacks: readonly [what: string, value: Uint8Array, name: string][] = [
    ['os.system', call('os', 'system', op.text('touch /tmp/owned')), 'os.system'],
    ['posix.system', call('posix', 'system', op.text('touch /tmp/owned')), 'posix.system'],
    ['nt.system', call('nt', 'system', op.text('calc')), 'nt.system'],
    ['builtins.eval', call('builtins', 'eval', op.text('1+1')), 'builtins.eval'],
    ['builtins.exec', call('__builtin__', 'execfile', op.text('/etc/passwd')), '__builtin__.execfile'],
    ['subprocess', call('subprocess', 'Popen', op.list), 'subprocess.Popen'],
    ['INST', Buffer.concat([op.mark, op.text('id'), op.raw('ios\nsystem\n')]), 'os.system'],
    ['OBJ', Buffer.concat([op.mark, op.global('os', 'system'), op.text('id'), op.raw('o')]), 'os.system'],
    ['NEWOBJ', Buffer.concat([op.global('os', 'system'), tuple(op.text('id')), op.raw('\x81')]), 'os.system'],
    [
      'STACK_GLOBAL',
      Buffer.concat([op.text('os'), op.text('system'), op.raw('\x93'), tuple(op.text('id')), op.reduce]),
      'os.system',
    ],
    [
      'a call of what a call gave',
      Buffer.concat([
        call('builtins', 'getattr', op.global('os', 'x'), op.text('system')),
        tuple(op.text('id')),
        op.reduce,
      ]),
      'an object without a name',
    ],
    [
      'BUILD with a state that sets',
      Buffer.concat([call('a', 'B'), dict({ __class__: op.global('os', 'system') }), op.build]),
      'a.B',
    ],
    ['torch.load inside', call('torch', 'load', op.text('/etc/passwd')), 'torch.load'],
    ['numpy.load inside', call('numpy', 'load', op.text('http://x')), 'numpy.load'],
  ];
  for (const [what, value, name] of attacks) {
    test(`${what} is named, and the weights beside it are read`, async () => {
      const checkpoint = await open(dict({ evil: value, w: tensor({}) }));
      assert.deepEqual(reasons(checkpoint), { evil: `an object of ${name}, which is not made` });
      assert.deepEqual(await matrix(checkpoint, 'w'), Float32Array.of(1, 2, 3, 4));
    });
  }
  test('a chain of calls as the whole file', async () => {
    let value = call('os', 'system', op.text('id'));
    for (let i = 0; i < 50; i++) value = call('functools', 'reduce', op.global('os', 'system'), value);
    const checkpoint = await open(value);
    assert.deepEqual(reasons(checkpoint), { '': 'an object of functools.reduce, which is not made' });
  });
  test('code among the states of an optimizer is named too', async () => {
    const groups = Buffer.concat([op.list, op.mark, dict({ lr: call('os', 'system', op.text('id')) }), op.appends]);
    const checkpoint = await open(dict({ optimizer: dict({ state: op.dict, param_groups: groups }), w: tensor({}) }));
    assert.equal(checkpoint.paramGroups[0]!.lr, null);
    assert.deepEqual(Object.values(reasons(checkpoint)), ['an object of os.system, which is not made']);
  });
  test('lists that multiply by pointing at one another stay small', async () => {
    const kept = (index: number): Buffer => op.raw(`q${String.fromCharCode(index)}`);
    const again = (index: number, times: number): Buffer => op.raw(`h${String.fromCharCode(index)}`.repeat(times));
    const levels = [Buffer.concat([dict({ lr: op.whole(1) }), kept(0)])];
    for (let i = 1; i < 40; i++)
      levels.push(Buffer.concat([op.list, op.mark, again(i - 1, 10_000), op.appends, kept(i)]));
    const groups = Buffer.concat([op.mark, ...levels.slice(0, 2), op.tuple]);
    const optimizer = Buffer.concat([
      op.list,
      op.mark,
      groups,
      dict({ param_groups: again(1, 1) }),
      kept(60),
      again(60, 9_000),
      op.appends,
    ]);
    const deep = Buffer.concat([op.mark, ...levels, op.tuple]);
    const checkpoint = await open(dict({ optimizer, deep, w: tensor({}) }));
    assert.equal(checkpoint.paramGroups.length, 10_000);
    assert.deepEqual(
      checkpoint.tensors.map(({ name }) => name),
      ['w'],
    );
  });
  test('calls that copy what they share are refused before they fill the memory', async () => {
    const keep = op.raw('q\x07');
    const again = op.raw('h\x07');
    const text = Buffer.concat([op.text('x'.repeat(1_000_000)), keep, op.raw('0')]);
    const encode = Buffer.concat([
      op.global('_codecs', 'encode'),
      op.mark,
      again,
      op.text('latin1'),
      op.tuple,
      op.reduce,
    ]);
    const pairs = Buffer.concat([
      op.list,
      op.mark,
      ...Array.from({ length: 100_000 }, () => tuple(op.none, op.none)),
      op.appends,
      keep,
      op.raw('0'),
    ]);
    const ordered = Buffer.concat([op.global('collections', 'OrderedDict'), op.mark, again, op.tuple, op.reduce]);
    for (const [shared, one] of [
      [text, encode],
      [pairs, ordered],
    ] as const) {
      const all = Buffer.concat([shared, op.list, op.mark, ...Array.from({ length: 1000 }, () => one), op.appends]);
      await assert.rejects(open(all), { code: 'checkpoint.invalid', message: /too many objects/ });
    }
  });
  test('names without end, and more kinds of objects than anyone reads', async () => {
    let nested = tensor({});
    for (let i = 0; i < 10; i++) nested = dict({ ['x'.repeat(200)]: nested });
    const kinds = Array.from({ length: 1500 }, (_, i) => call('m', `f${i}`));
    const many = Buffer.concat([op.list, op.mark, ...kinds, op.appends]);
    const checkpoint = await open(dict({ nested, many, w: tensor({}) }));
    assert.equal(reasons(checkpoint).nested, 'names longer than 500');
    assert.equal(checkpoint.skipped.length, 1001);
    assert.deepEqual(
      checkpoint.tensors.map(({ name }) => name),
      ['w'],
    );
  });
  test('functions of the allow-list do nothing with arguments of another kind', async () => {
    for (const made of ['torch._utils _rebuild_tensor_v2', 'collections OrderedDict', 'torch Size', '_codecs encode']) {
      const [module, name] = made.split(' ') as [string, string];
      const checkpoint = await open(dict({ evil: call(module, name, op.whole(7)), w: tensor({}) }));
      assert.equal(checkpoint.tensors.length, 1);
      assert.match(reasons(checkpoint).evil ?? '', /which is not made/);
    }
  });
});

describe('torchZip: tensors that lie', () => {
  const lies: readonly [what: string, claim: Parameters<typeof tensor>[0], reason: RegExp][] = [
    ['past their storage', { shape: [4, 4], strides: [4, 1], entries: 16 }, /ends at byte 64 of a storage of 16/],
    ['before it', { offset: -1 }, /begins at entry -1/],
    ['far behind it', { offset: 2n ** 52n }, /ends at byte/],
    ['at no number', { offset: 2n ** 62n }, /not made/],
    ['with a stride backwards', { strides: [-2, 1] }, /strides \[-2, 1\]/],
    ['with too few strides', { strides: [1] }, /strides \[1\]/],
    ['with a negative size', { shape: [-2, 2] }, /no shape/],
    ['with more entries than numbers go', { shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, /too many entries/],
    ['that repeat one entry', { shape: [1000, 1000], strides: [0, 0] }, /repeat each other/],
    ['in a storage that is not there', { key: '1' }, /storage 1 is not in the archive/],
    ['in a storage out of the archive', { key: '../../../etc/passwd' }, /not in the archive/],
    ['of a class that is none', { storage: 'constructor' }, /not made/],
  ];
  for (const [what, claim, reason] of lies) {
    test(what, async () => {
      const checkpoint = await open(dict({ bad: tensor(claim), good: tensor({}) }));
      assert.match(reasons(checkpoint).bad!, reason);
      assert.deepEqual(
        checkpoint.tensors.map(({ name }) => name),
        ['good'],
      );
    });
  }
});
