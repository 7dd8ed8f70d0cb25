import type { SettingValue } from './setting';

/** Number in a source text: `3e-4`, `1_000_000`, `0x10`, `.5`. `undefined` for anything else and for non-finite values. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replaceAll('_', '');
  if (!/^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(plain))
    return undefined;
  const value = /^-0[xob]/i.test(plain) ? -Number(plain.slice(1)) : Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Result of a binary operator of Python on two constants, `undefined` when it has none: other operands than numbers, a
 * division by zero, a result that is not finite.
 */
export function operate(operator: string, left: SettingValue | undefined, right: SettingValue | undefined) {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const value = OPERATORS[operator]?.(left, right);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a * 2 ** b,
};

/** Pure functions whose value on constants is a constant. */
export const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  int: (value) => Math.trunc(value!),
  float: (value) => value!,
  round: (value) => Math.round(value!),
  min: (...values) => Math.min(...values),
  max: (...values) => Math.max(...values),
  sqrt: (value) => Math.sqrt(value!),
  ceil: (value) => Math.ceil(value!),
  floor: (value) => Math.floor(value!),
};
