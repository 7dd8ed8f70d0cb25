import type { ConfigValue } from '../../model';
import { doubleAt, visitFields } from './wire';

const decoder = new TextDecoder();

/**
 * Reports the hyperparameters in the plugin data [from, to) of a session start.
 * Source: tensorflow/tensorboard, plugins/hparams/plugin_data.proto; protobuf struct.proto (Value).
 */
export function readHparams(
  bytes: Uint8Array,
  from: number,
  to: number,
  report: (key: string, value: ConfigValue) => void,
): boolean {
  return visitFields(bytes, from, to, (field, type, start, end) => {
    if (field !== 3 || type !== 2) return;
    visitFields(bytes, start, end, (part, kind, partStart, partEnd) => {
      if (part === 1 && kind === 2) readEntry(bytes, partStart, partEnd, report);
    });
  });
}

function readEntry(
  bytes: Uint8Array,
  from: number,
  to: number,
  report: (key: string, value: ConfigValue) => void,
): void {
  let key = '';
  let value: ConfigValue | undefined;
  visitFields(bytes, from, to, (field, type, start, end) => {
    if (type !== 2) return;
    if (field === 1) key = decoder.decode(bytes.subarray(start, end));
    else if (field === 2) value = structValue(bytes, start, end);
  });
  if (key !== '' && value !== undefined) report(key, value);
}

function structValue(bytes: Uint8Array, from: number, to: number): ConfigValue | undefined {
  let value: ConfigValue | undefined;
  visitFields(bytes, from, to, (field, type, start, end, varint) => {
    if (field === 1) value = null;
    else if (field === 2 && type === 1) value = doubleAt(bytes, start);
    else if (field === 3 && type === 2) value = decoder.decode(bytes.subarray(start, end));
    else if (field === 4 && type === 0) value = varint !== 0;
  });
  return value;
}
