import { decimalsFor, formatLoss, THIN_SPACE, UNKNOWN } from './numbers';

/** A value and the bounds [low, high] around it. */
export interface Bounded {
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** Arms that differ by less than this share of the wider one are written as one `±`. */
const SYMMETRY = 0.25;

/**
 * A value with its interval: `3.021 ± 0.012`, or `3.021 +0.039 −0.010` where the arms differ. The narrower arm has two
 * significant digits and the value as many decimals. An interval of no width gives the value alone.
 */
export function formatInterval({ value, interval }: Bounded): string {
  const parts = intervalParts({ value, interval });
  return parts.spread === '' ? parts.value : `${parts.value} ${parts.spread}`;
}

/** The two halves of `formatInterval`, to be set in different type. */
export function intervalParts({ value, interval }: Bounded): { value: string; spread: string } {
  const down = value - interval[0];
  const up = interval[1] - value;
  const narrow = Math.min(down, up);
  if (![value, down, up].every(Number.isFinite)) return { value: formatLoss(value), spread: '' };
  if (narrow <= 0 || Math.max(down, up) <= 0) return oneSided(value, down, up);
  const decimals = Math.min(12, decimalsFor(narrow, 2));
  const fixed = (number: number): string => number.toFixed(decimals).replace(/^-/, '\u2212');
  if (Math.abs(up - down) <= SYMMETRY * Math.max(up, down)) {
    return { value: fixed(value), spread: `±${THIN_SPACE}${fixed((up + down) / 2)}` };
  }
  return { value: fixed(value), spread: `+${fixed(up)} \u2212${fixed(down)}` };
}

/** An interval by its ends: `3.009 – 3.033`. */
export function formatRange(interval: readonly [number, number] | null | undefined): string {
  if (!interval) return UNKNOWN;
  const width = interval[1] - interval[0];
  if (!(width > 0) || !Number.isFinite(width)) return `${formatLoss(interval[0])} – ${formatLoss(interval[1])}`;
  const decimals = Math.min(12, Math.max(decimalsFor(width, 2), decimalsFor(Math.max(...interval.map(Math.abs)), 3)));
  return interval.map((end) => end.toFixed(decimals).replace(/^-/, '\u2212')).join(' – ');
}

function oneSided(value: number, down: number, up: number): { value: string; spread: string } {
  const arm = Math.max(down, up);
  if (!(arm > 0)) return { value: formatLoss(value), spread: '' };
  const decimals = Math.min(12, decimalsFor(arm, 2));
  const sign = up > down ? '+' : '\u2212';
  return { value: value.toFixed(decimals).replace(/^-/, '\u2212'), spread: `${sign}${arm.toFixed(decimals)}` };
}
