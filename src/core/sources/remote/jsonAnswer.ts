import { LosslineError } from '../../errors';

/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON in an answer. Throws `remote.protocol` when it is none; `what` names what was asked for. */
export function parseAnswer(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new LosslineError(
      'remote.protocol',
      `The answer to ${what} is no JSON. Is this the address of the server itself?`,
    );
  }
}

/** `value` as an object. Throws `remote.protocol` for anything else. */
export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw unexpected(what);
}

/** `value` as an array; an absent one is empty, as protocol buffers write it. Throws `remote.protocol` for anything else. */
export function asArray(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw unexpected(what);
}

/** `value` as text; `''` for anything else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * A number, or one of the texts that stand for one: 64-bit integers, `NaN`, `Infinity` and `-Infinity` are texts in the
 * JSON of protocol buffers. `undefined` for anything else.
 */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/^[+-]?nan$/i.test(value)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(value))
    return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function unexpected(what: string): LosslineError {
  return new LosslineError('remote.protocol', `The answer to ${what} has an unexpected form.`);
}
