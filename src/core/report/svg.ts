import { formatCompact, formatLoss } from './numbers';

/** Text that may stand in markup and in its attributes. */
export function escapeMarkup(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => names[sign]!);
}

const WIDTH = 720;
const LEFT = 66;
const RIGHT = 16;
const TOP = 10;
const BOTTOM = 34;

/** What a drawing shows: ranges of its axes, their names, and what is said of it to who cannot see it. */
export interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly height: number;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly label: string;
}

/** Places of steps and values in a drawing, in its own units. */
export interface Scales {
  x(step: number): string;
  y(value: number): string;
}

/** A drawing as SVG: axes with three to six round numbers, and what `draw` puts on them. Colours come from style classes. */
export function drawing(frame: Frame, draw: (scales: Scales) => readonly string[]): string {
  const { x, y, height, xTitle, yTitle, label } = frame;
  const right = WIDTH - RIGHT;
  const bottom = height - BOTTOM;
  const scales: Scales = {
    x: (step) => (LEFT + ((step - x[0]) / (x[1] - x[0] || 1)) * (right - LEFT)).toFixed(1),
    y: (value) => (bottom - ((value - y[0]) / (y[1] - y[0] || 1)) * (bottom - TOP)).toFixed(1),
  };
  const rows = ticksOf(y).map(
    (value) =>
      `<path class="grid" d="M${LEFT} ${scales.y(value)}H${right}"/><text class="end" x="${LEFT - 6}" y="${scales.y(value)}" dy="4">${formatLoss(value, 3)}</text>`,
  );
  const columns = ticksOf(x).map(
    (step) => `<text class="middle" x="${scales.x(step)}" y="${bottom + 16}">${formatCompact(step)}</text>`,
  );
  const titles = [
    `<text class="middle title" x="${(LEFT + right) / 2}" y="${height - 2}">${escapeMarkup(xTitle)}</text>`,
    `<text class="middle title" transform="translate(12 ${(TOP + bottom) / 2}) rotate(-90)">${escapeMarkup(yTitle)}</text>`,
  ];
  const head = `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeMarkup(label)}">`;
  return [head, ...rows, ...columns, ...titles, ...draw(scales), '</svg>'].join('\n');
}

/** A line through points. */
export function linePath(scales: Scales, steps: readonly number[], values: readonly number[]): string {
  return steps.map((step, i) => `${i === 0 ? 'M' : 'L'}${scales.x(step)} ${scales.y(values[i]!)}`).join('');
}

/** The area between two lines over the same steps. */
export function bandPath(
  scales: Scales,
  steps: readonly number[],
  { low, high }: { readonly low: readonly number[]; readonly high: readonly number[] },
): string {
  return `${linePath(scales, steps, high)}${linePath(scales, steps.toReversed(), low.toReversed()).replace(/^M/, 'L')}Z`;
}

/** Round numbers within a range, 1, 2 or 5 times a power of ten apart. */
function ticksOf([low, high]: readonly [number, number]): number[] {
  const rough = (high - low) / 5;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}
