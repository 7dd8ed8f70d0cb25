/** How exactly a log prints its numbers. */
export interface Rounding {
  /** Half a unit of the last decimal place: the error of every value at least. */
  readonly absolute: number;
  /** Significant digits printed. */
  readonly digits: number;
}

/** Fewest digits that any program prints: `0.001` is not a rate rounded to one digit. */
const MIN_DIGITS = 3;

/** Decimals assumed of a column that holds one value only: its trailing zeros are not seen. */
const MIN_CONSTANT_DECIMALS = 6;

/** Most values looked at: rounding shows after a few dozen different values. */
const MAX_VALUES = 300;

/**
 * Rounding of a column of logged numbers, read off their shortest decimal form: fixed decimals show as a common last
 * place, scientific notation as a common number of digits. Empty input, or zeros only: exact (`absolute` 0, 17 digits).
 */
export function detectRounding(values: ArrayLike<number>): Rounding {
  let decimals = Number.NEGATIVE_INFINITY;
  let digits = 0;
  const different = new Set<number>();
  const stride = Math.max(1, Math.floor(values.length / MAX_VALUES));
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i]!;
    if (value === 0 || !Number.isFinite(value)) continue;
    if (different.size < 2) different.add(value);
    const text = Math.abs(value).toExponential();
    const e = text.indexOf('e');
    const significant = text[1] === '.' ? e - 1 : 1;
    digits = Math.max(digits, significant);
    decimals = Math.max(decimals, significant - 1 - Number(text.slice(e + 1)));
  }
  if (digits === 0) return { absolute: 0, digits: 17 };
  const places = different.size < 2 ? Math.max(decimals, MIN_CONSTANT_DECIMALS) : decimals;
  return { absolute: 0.5 * 10 ** -places, digits: Math.max(digits, MIN_DIGITS) };
}

/** Greatest error that rounding can have made in `value`: half a unit of its last place. */
export function roundingError(rounding: Rounding, value: number): number {
  if (!(value > 0)) return rounding.absolute;
  return Math.max(rounding.absolute, 0.5 * 10 ** (Math.floor(Math.log10(value)) - rounding.digits + 1));
}
