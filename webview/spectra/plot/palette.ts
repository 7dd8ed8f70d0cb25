import { readable } from '../../shared/colour';
import type { Theme } from '../../shared/theme';
import type { Marker } from './plotModel';

/** Colours of a drawing. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly fontFamily: string;
  readonly highContrast: boolean;
  /** Colour of a series by its place; -1 the text, -2 small print. */
  colour(place: number): string;
}

/** Told apart by people with any kind of colour vision (Okabe and Ito 2008, jfly.uni-koeln.de/color), without the yellow, which cannot be read on white. */
const OKABE_ITO = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c8c'];

/** Series beyond the colours repeat them with other signs. */
const MARKERS: readonly Marker[] = ['circle', 'square', 'diamond', 'triangle'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

/** The palette of a theme: each colour is moved towards the text until it stands out. */
export function paletteOf(theme: Theme): Palette {
  const colours = OKABE_ITO.map((each) =>
    readable(each, theme.background, theme.foreground, theme.highContrast ? 4.5 : 3),
  );
  return {
    text: theme.foreground,
    muted: theme.muted,
    grid: theme.grid,
    background: theme.background,
    fontFamily: theme.fontFamily,
    highContrast: theme.highContrast,
    colour: (place) => {
      if (place < 0) return place === -1 ? theme.foreground : theme.muted;
      return colours[place % colours.length]!;
    },
  };
}

/** Sign and dashes of a series by its place: nothing is told by colour alone. */
export function styleOf(place: number): { marker: Marker; dash: string } {
  const round = Math.floor(place / OKABE_ITO.length);
  return {
    marker: MARKERS[(place + round) % MARKERS.length]!,
    dash: DASHES[(Math.floor(place / MARKERS.length) + round) % DASHES.length]!,
  };
}
