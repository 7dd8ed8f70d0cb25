import { svgElement } from '../../shared/icons';
import type { Marker } from './plotModel';

const RADIUS = 3.4;

const PATHS: Readonly<Record<'square' | 'diamond' | 'triangle', string>> = {
  square: 'M-3 -3H3V3H-3Z',
  diamond: 'M0 -4.2L4.2 0L0 4.2L-4.2 0Z',
  triangle: 'M0 -4L4 3.2H-4Z',
};

/** The sign of a point; `null` for none. */
export function markerShape(
  marker: Marker,
  x: number,
  y: number,
  colour: string,
  background: string,
): SVGElement | null {
  if (marker === 'none') return null;
  const [cx, cy] = [String(Math.round(x * 10) / 10), String(Math.round(y * 10) / 10)];
  if (marker === 'circle') return svgElement('circle', { cx, cy, r: String(RADIUS), fill: colour });
  if (marker === 'ring') {
    return svgElement('circle', { cx, cy, r: '2.4', fill: background, stroke: colour, 'stroke-width': '1.4' });
  }
  return svgElement('path', { d: PATHS[marker], fill: colour, transform: `translate(${cx} ${cy})` });
}
