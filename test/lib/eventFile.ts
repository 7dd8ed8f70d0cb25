import { crc32c, maskedCrc } from '../../src/core/formats/protobuf/crc32c';

// Event files of TensorBoard, byte by byte: what a writer would have written.

/** Bytes of a whole number. */
export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A field that holds bytes. */
export function message(field: number, body: ArrayLike<number>): number[] {
  return [...varint(field * 8 + 2), ...varint(body.length), ...Array.from(body)];
}

export function float(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

export function double(value: number): number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

export function word(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];
}

/** A TFRecord frame around `payload`. */
export function record(payload: ArrayLike<number>): number[] {
  const header = [...word(payload.length), 0, 0, 0, 0];
  const crc = (bytes: ArrayLike<number>) => word(maskedCrc(crc32c(Uint8Array.from(bytes), 0, bytes.length)));
  return [...header, ...crc(header), ...Array.from(payload), ...crc(payload)];
}

/** One event with a summary of `values`, as protocol buffer. */
export function event(step: number | bigint, values: readonly number[][], time = 1.7e9): number[] {
  return [
    0x09,
    ...double(time),
    0x10,
    ...varint(step),
    ...message(
      5,
      values.flatMap((value) => message(1, value)),
    ),
  ];
}

/** A value of a summary. */
export function scalar(tag: string, value: number): number[] {
  return [...message(1, new TextEncoder().encode(tag)), 0x15, ...float(value)];
}

/** The record that every event file begins with. */
export const VERSION = record([0x09, ...double(1.7e9), ...message(3, new TextEncoder().encode('brain.Event:2'))]);

/** An event file that holds `payloads`. */
export function eventFile(...payloads: readonly number[][]): Uint8Array {
  return Uint8Array.from([...VERSION, ...payloads.flatMap((payload) => record(payload))]);
}

/** An event file with one scalar per step: `points` are step and value. */
export function scalarFile(tag: string, points: readonly (readonly [number, number])[]): Uint8Array {
  return eventFile(...points.map(([step, value]) => event(step, [scalar(tag, value)], 1.7e9 + step)));
}
