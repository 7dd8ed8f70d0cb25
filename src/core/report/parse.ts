const FACTORS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

/**
 * A count that a person typed: `20000`, `20 000`, `20_000`, `20,000`, `20k`, `1.5M`, `2e4`. `null` for anything that is not
 * a positive whole number.
 */
export function parseCount(text: string): number | null {
  const match = /^([\d.]+(?:e\+?\d+)?)([kmbgt]?)$/i.exec(text.trim().replace(/(?<=\d)[\s_,'](?=\d{3})/g, ''));
  if (match === null) return null;
  const value = Number(match[1]) * (FACTORS[match[2]!.toLowerCase()] ?? 1);
  const rounded = Math.round(value);
  return rounded > 0 && Math.abs(value - rounded) < 1e-6 * rounded && Number.isSafeInteger(rounded) ? rounded : null;
}

/** A rate that a person typed: `6e-4`, `0.0006`, `0`. `null` for anything negative or not a number. */
export function parseRate(text: string): number | null {
  const clean = text
    .trim()
    .replace(/\u2212/g, '-')
    .replace(/^(\d*),(\d+)/, '$1.$2');
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean)) return null;
  const value = Number(clean);
  return Number.isFinite(value) ? value : null;
}
