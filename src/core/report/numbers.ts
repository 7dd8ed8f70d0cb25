/** Between digit groups and before units: a line never breaks there. */
export const THIN_SPACE = '\u202f';
const MINUS = '\u2212';

/** Stands for a value that is not known. */
export const UNKNOWN = '–';

/** Decimals that show `value` with `digits` significant digits; 0 for 0 and for non-finite values. */
export function decimalsFor(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  return Math.max(0, digits - 1 - exponent);
}

/** A loss with 4 significant digits: `3.021`, `0.03217`, `1.234e-6`, `NaN`. */
export function formatLoss(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return withMinus(trimExponent(value.toExponential(digits - 1)));
  return withMinus(value === 0 ? '0' : value.toFixed(decimalsFor(value, digits)));
}

/** A difference with its sign: `+0.031`, `−0.1714`. */
export function formatChange(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return UNKNOWN;
  const text = formatLoss(value, digits);
  return value > 0 && Number.isFinite(value) ? `+${text}` : text;
}

/** A count or step in full, digits in groups of three: `12 345`. Four digits stay together. */
export function formatStep(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  const [whole, fraction] = String(Math.abs(rounded)).split('.');
  if (whole === undefined || whole.includes('e')) return withMinus(String(rounded));
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
  return `${rounded < 0 ? MINUS : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** A count in short: `950`, `12.3k`, `1.2M`, `15B`; at most `digits` significant digits. */
export function formatCompact(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatStep(value);
  const size = Number(Math.abs(value).toPrecision(digits));
  for (const [scale, suffix] of SCALES) {
    if (size >= scale) return withMinus(`${Number((value / scale).toPrecision(digits))}${suffix}`);
  }
  return withMinus(String(Number(value.toPrecision(digits))));
}

/** A size in bytes, powers of 1000 as file managers count them: `512 B`, `1.5 kB`, `4.97 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${THIN_SPACE}${units[unit]}`;
}

/** A learning rate as people write it: `6e-4`, `2.85e-4`, `0.02`, `0`. */
export function formatLr(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatLoss(value, digits);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 0.01 && size < 1e4) return withMinus(String(Number(value.toPrecision(digits))));
  return withMinus(trimExponent(value.toExponential(digits - 1)));
}

/** A share: `42 %`, `4.2 %`, `< 0.1 %`. Short of the whole it is never rounded up to 100 %. */
export function formatPercent(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return UNKNOWN;
  const percent = fraction * 100;
  if (percent > 0 && percent < 0.1) return `<${THIN_SPACE}0.1${THIN_SPACE}%`;
  if (percent < 100 && percent >= 99.5) return `${(Math.floor(percent * 10) / 10).toFixed(1)}${THIN_SPACE}%`;
  const text = Math.abs(percent) < 10 ? String(Number(percent.toFixed(1))) : percent.toFixed(0);
  return `${withMinus(text)}${THIN_SPACE}%`;
}

/** A finite number with a fixed count of decimals, as ticks of an axis have it: `3.40`. */
export function formatFixed(value: number, decimals: number): string {
  return withMinus(value.toFixed(decimals));
}

/** A relative difference with its sign and two decimals: `+1.25 %`, `−0.40 %`. */
export function formatRelative(difference: number): string {
  return `${difference < 0 ? MINUS : '+'}${(100 * Math.abs(difference)).toFixed(2)}${THIN_SPACE}%`;
}

/** Any number of a table: 4 significant digits, powers of ten where it is very small or large. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return formatLoss(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return withMinus(trimExponent(value.toExponential(digits - 1)));
  return withMinus(String(Number(value.toPrecision(digits))));
}

function trimExponent(text: string): string {
  return text
    .replace(/(\.\d*?)0*e/, '$1e')
    .replace('.e', 'e')
    .replace('e+', 'e');
}

function withMinus(text: string): string {
  return text.replace(/^-/, MINUS);
}
