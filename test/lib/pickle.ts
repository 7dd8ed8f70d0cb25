import { zip } from './zip';

/** Instructions of a pickle; put together they are what Python's `pickle` would write, or what an attacker would. */
export const op = {
  raw: (text: string): Buffer => Buffer.from(text, 'latin1'),
  none: Buffer.from('N'),
  mark: Buffer.from('('),
  tuple: Buffer.from('t'),
  reduce: Buffer.from('R'),
  build: Buffer.from('b'),
  dict: Buffer.from('}'),
  list: Buffer.from(']'),
  setItems: Buffer.from('u'),
  appends: Buffer.from('e'),
  persistent: Buffer.from('Q'),
  stop: Buffer.from('.'),
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  text: (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('X'), length, bytes]);
  },
  whole: (value: number | bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return Buffer.concat([Buffer.from([0x8a, 8]), bytes]);
  },
};

/** A pickle of protocol 2. */
export function pickle(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([0x80, 2]), ...parts, op.stop]);
}

/** `(a, b, …)` */
export function tuple(...items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([op.mark, ...items, op.tuple]);
}

/** `module.name(a, b, …)` */
export function call(module: string, name: string, ...args: readonly Uint8Array[]): Buffer {
  return Buffer.concat([op.global(module, name), tuple(...args), op.reduce]);
}

/** `{key: value, …}` */
export function dict(items: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts = Object.entries(items).flatMap(([key, value]) => [op.text(key), value]);
  return Buffer.concat([op.dict, op.mark, ...parts, op.setItems]);
}

/** A tensor as `torch.save` pickles it, whatever it claims. */
export function tensor(claim: {
  readonly key?: string;
  readonly storage?: string;
  readonly entries?: number;
  readonly offset?: number | bigint;
  readonly shape?: readonly (number | bigint)[];
  readonly strides?: readonly (number | bigint)[];
}): Buffer {
  const { key = '0', storage = 'FloatStorage', entries = 4, offset = 0, shape = [2, 2], strides = [2, 1] } = claim;
  const id = tuple(op.text('storage'), op.global('torch', storage), op.text(key), op.text('cpu'), op.whole(entries));
  const numbers = (values: readonly (number | bigint)[]): Buffer => tuple(...values.map(op.whole));
  const args = [id, op.persistent, op.whole(offset), numbers(shape), numbers(strides), op.raw('\x89'), op.dict];
  return call('torch._utils', '_rebuild_tensor_v2', Buffer.concat(args));
}

/** A file of `torch.save` with this pickle and storage `0`. */
export function torchFile(data: Uint8Array, storage: Uint8Array = new Uint8Array(16)): Uint8Array {
  return zip([
    { name: 'archive/data.pkl', bytes: data },
    { name: 'archive/data/0', bytes: storage },
  ]);
}
