import { contrast } from '../shared/colour';

/** A colour for a place in [0, 1]. */
export type ColourScale = (share: number) => string;

/**
 * Cividis: perceived as evenly rising by people with and without red-green deficiency (Nuñez, Anderton, Renslow 2018,
 * 10.1371/journal.pone.0199239). Ten of its colours, joined by straight lines.
 */
const CIVIDIS = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
] as const;

/** Blue over grey to orange: the ends differ in blueness and not in redness alone. */
const DIVERGING = [
  [33, 102, 172],
  [103, 153, 199],
  [178, 199, 218],
  [236, 236, 236],
  [242, 206, 168],
  [224, 147, 71],
  [179, 88, 6],
] as const;

type Stops = readonly (readonly [number, number, number])[];

/** Colours of a scale: more than an eye tells apart, and few enough to be made once. */
const SHADES = 255;

function scaleOf(stops: Stops): ColourScale {
  const made = new Map<number, string>();
  return (share) => {
    const shade = Math.round(Math.min(1, Math.max(0, share)) * SHADES);
    const known = made.get(shade);
    if (known !== undefined) return known;
    const colour = colourAt(stops, shade / SHADES);
    made.set(shade, colour);
    return colour;
  };
}

function colourAt(stops: Stops, share: number): string {
  const place = share * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const part = (i: 0 | 1 | 2): number =>
    Math.round(stops[low]![i] + (place - low) * (stops[low + 1]![i] - stops[low]![i]));
  return `#${([0, 1, 2] as const).map((i) => part(i).toString(16).padStart(2, '0')).join('')}`;
}

export const sequential = scaleOf(CIVIDIS);
export const diverging = scaleOf(DIVERGING);

const inks = new Map<string, string>();

/** Black or white, whichever can be read better on `colour`, one of a scale. */
export function inkOn(colour: string): string {
  const ink = inks.get(colour) ?? (contrast('#000000', colour) >= contrast('#ffffff', colour) ? '#000000' : '#ffffff');
  inks.set(colour, ink);
  return ink;
}
