import { svgElement } from './icons';

const WIDTH = 84;
const HEIGHT = 20;
const EDGE = 2;
/** Share of the values that the height is made for. */
const BODY = 0.9;

/** The course of a few dozen finite values as a line without axes; says nothing to screen readers. Empty for fewer than two. */
export function sparkline(values: readonly number[]): SVGElement {
  const svg = svgElement('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: String(WIDTH),
    height: String(HEIGHT),
    class: 'sparkline',
    'aria-hidden': 'true',
  });
  if (values.length < 2) return svg;
  const low = Math.min(...values);
  // The steep start of a loss would flatten all that follows: it leaves through the upper edge.
  const high = values.toSorted((a, b) => a - b)[Math.floor(BODY * (values.length - 1))]!;
  const height = high - low || 1;
  const points = values.map((value, index) => {
    const x = EDGE + (index / (values.length - 1)) * (WIDTH - 2 * EDGE);
    const y = HEIGHT - EDGE - Math.min(1.2, (value - low) / height) * (HEIGHT - 2 * EDGE);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  svg.append(svgElement('polyline', { points: points.join(' ') }));
  return svg;
}
