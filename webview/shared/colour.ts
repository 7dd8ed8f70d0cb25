/** Red, green and blue in [0, 255], alpha in [0, 1]. */
export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** Reads the two notations that a canvas reports colours in: `#rrggbb` and `rgba(…)`. */
export function parseColour(text: string): Rgba | null {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})([\da-f]{2})?$/i.exec(text.trim());
  if (hex) {
    const [r, g, b, a] = hex.slice(1).map((part) => (part === undefined ? 255 : Number.parseInt(part, 16)));
    return { r: r!, g: g!, b: b!, a: a! / 255 };
  }
  const parts = /^rgba?\(([^)]*)\)$/i
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (!parts || parts.length < 3 || parts.some((part) => !Number.isFinite(part))) return null;
  return { r: parts[0]!, g: parts[1]!, b: parts[2]!, a: parts[3] ?? 1 };
}

/** The colour with another alpha. */
export function withAlpha(colour: string, alpha: number): string {
  const parsed = parseColour(colour);
  if (parsed === null) return colour;
  return `rgba(${parsed.r}, ${parsed.g}, ${parsed.b}, ${alpha})`;
}

/** Contrast of two opaque colours, 1 to 21. Source: WCAG 2.2, relative luminance. */
export function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/**
 * The colour, moved towards `towards` until it stands out from `background` by at least `ratio`. Themes are free to choose
 * chart colours that can hardly be seen on their own background.
 */
export function readable(colour: string, background: string, towards: string, ratio: number): string {
  for (let share = 0; share <= 1; share += 0.1) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, background) >= ratio) return mixed;
  }
  return towards;
}

/** `first` with a share of `second` in it. */
export function mix(first: string, second: string, share: number): string {
  const [a, b] = [parseColour(first), parseColour(second)];
  if (a === null || b === null) return first;
  const part = (from: number, to: number): number => Math.round(from + (to - from) * share);
  return `rgb(${part(a.r, b.r)}, ${part(a.g, b.g)}, ${part(a.b, b.b)})`;
}

function luminance(colour: string): number {
  const parsed = parseColour(colour) ?? { r: 0, g: 0, b: 0 };
  const [r, g, b] = [parsed.r, parsed.g, parsed.b].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
