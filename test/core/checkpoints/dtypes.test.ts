import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf, DTYPES, type DtypeName, dtypeNamed } from '../../../src/core/checkpoints/dtypes';
import { seeded } from '../formats/check';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Bits and the value they mean, from the definition of each type: ones, ends of the ranges, subnormals, specials. */
const VALUES: Readonly<Partial<Record<DtypeName, readonly (readonly [bits: number, value: number])[]>>> = {
  F16: [
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x83ff, -(1023 / 1024) * 2 ** -14],
    [0x7c00, infinity],
    [0xfc00, -infinity],
    [0x7e00, nan],
    [0xfc01, nan],
  ],
  BF16: [
    [0x0000, 0],
    [0x8000, -0],
    [0x3f80, 1],
    [0xc040, -3],
    [0x4049, 3.140625],
    [0x7f7f, 3.3895313892515355e38],
    [0x0080, 2 ** -126],
    [0x0001, 2 ** -133],
    [0x7f80, infinity],
    [0xff80, -infinity],
    [0x7fc0, nan],
  ],
  F8_E4M3: [
    [0x00, 0],
    [0x80, -0],
    [0x38, 1],
    [0xc4, -3],
    [0x7e, 448],
    [0x08, 2 ** -6],
    [0x01, 2 ** -9],
    [0x78, 256],
    [0x7f, nan],
    [0xff, nan],
  ],
  F8_E5M2: [
    [0x00, 0],
    [0x3c, 1],
    [0xc2, -3],
    [0x7b, 57344],
    [0x04, 2 ** -14],
    [0x01, 2 ** -16],
    [0x7c, infinity],
    [0xfc, -infinity],
    [0x7d, nan],
    [0xff, nan],
  ],
  F8_E4M3FNUZ: [
    [0x00, 0],
    [0x80, nan],
    [0x40, 1],
    [0x7f, 240],
    [0x01, 2 ** -10],
    [0xff, -240],
  ],
  F8_E5M2FNUZ: [
    [0x00, 0],
    [0x80, nan],
    [0x40, 1],
    [0x7f, 57344],
    [0x01, 2 ** -17],
  ],
  F8_E8M0: [
    [127, 1],
    [128, 2],
    [0, 2 ** -127],
    [254, 2 ** 127],
    [255, nan],
  ],
};

for (const [name, values] of Object.entries(VALUES)) {
  test(`${name}: known values`, () => {
    const dtype = DTYPES[name as DtypeName];
    for (const [bits, value] of values) {
      const out = new Float32Array(1);
      dtype.decode!(Uint8Array.of(bits & 0xff, bits >> 8), 0, 1, 1, out, 0, 1);
      assert.ok(Object.is(out[0], Math.fround(value)), `0x${bits.toString(16)} is ${out[0]}, not ${value}`);
    }
  });
}

test('F64: what a float32 cannot hold becomes infinite', () => {
  const bytes = new Uint8Array(Float64Array.of(0.1, 1e300, -1e300, 1e-300, nan).buffer);
  const out = new Float32Array(5);
  DTYPES.F64.decode!(bytes, 0, 5, 1, out, 0, 1);
  assert.deepEqual(out, Float32Array.of(0.1, infinity, -infinity, 0, nan));
});

describe('strides and steps pick the same values', () => {
  const next = seeded(7);
  const bytes = Uint8Array.from({ length: 4096 }, () => Math.floor(next() * 256));
  for (const dtype of Object.values(DTYPES)) {
    const { decode } = dtype;
    if (decode === null || dtype.blockEntries > 1) continue;
    test(dtype.name, () => {
      for (const at of [0, 1, 3, 8]) {
        const dense = new Float32Array(40);
        decode(bytes, at, 40, 1, dense, 0, 1);
        const apart = new Float32Array(40).fill(-7);
        decode(bytes, at, 10, 4, apart, 2, 3);
        for (let i = 0; i < 40; i++) {
          const from = (i - 2) % 3 === 0 && i < 32 ? dense[((i - 2) / 3) * 4] : -7;
          assert.ok(Object.is(apart[i], from), `${at} ${i}: ${apart[i]} ${from}`);
        }
      }
    });
  }
});

test('sizes and names', () => {
  assert.equal(bytesOf(DTYPES.Q8_0, 64), 68);
  assert.equal(bytesOf(DTYPES.BF16, 3), 6);
  assert.equal(dtypeNamed('F8_E4M3'), DTYPES.F8_E4M3);
  for (const name of ['F4', '', 'toString', '__proto__']) assert.equal(dtypeNamed(name), undefined);
});
