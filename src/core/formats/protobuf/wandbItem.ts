import { visitFields } from './wire';

/** One key of a history row or config; its value is the JSON text [from, to). */
export interface WandbItem {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const decoder = new TextDecoder();

/**
 * Reads a `HistoryItem` or `ConfigItem`: a key, or its parts, which `joint` joins. `undefined` when it is malformed.
 * Source: wandb/wandb, wandb/proto/wandb_internal.proto.
 */
export function itemOf(bytes: Uint8Array, from: number, to: number, joint: string): WandbItem | undefined {
  let key = '';
  let valueFrom = from;
  let valueTo = from;
  const parts: string[] = [];
  const whole = visitFields(bytes, from, to, (field, type, start, end) => {
    if (type !== 2) return;
    if (field === 1) key = decoder.decode(bytes.subarray(start, end));
    else if (field === 2) parts.push(decoder.decode(bytes.subarray(start, end)));
    else if (field === 16) {
      valueFrom = start;
      valueTo = end;
    }
  });
  if (!whole) return undefined;
  return { key: parts.length > 0 ? parts.join(joint) : key, from: valueFrom, to: valueTo };
}
