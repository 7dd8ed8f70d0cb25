import type { RunId } from '../../src/core/model';
import type { Theme } from '../shared/theme';
import type { Look } from './colours';
import { lookOf, paletteOf, rampColour, type Slots } from './colours';
import { dimensionOf } from './dimension';
import { columnById, type TableModel } from './tableModel';

/** Values that have a colour of their own; more of them share a ramp from the first to the last. */
const MOST_OWN = 6;
/** Lines beyond this many are thin and whole: dashes tell nothing apart any more. */
const MANY = 24;

/** What a colour stands for, in the order of the values. */
export interface ColourSample {
  readonly colour: string;
  readonly text: string;
}

/** How runs are told apart. */
export interface Colouring {
  /** The look of a run that is drawn; `null` for the others. */
  readonly lookOf: (run: RunId) => Look | null;
  /** What the colours of values mean; empty while each run has its own. */
  readonly samples: readonly ColourSample[];
  /** True where the samples are the ends of a ramp. */
  readonly isRamp: boolean;
}

/** Colours of the drawn runs: one for each, or by the values of a column, grey where the value is unknown. */
export function colouringOf(model: TableModel, colour: string | null, slots: Slots, theme: Theme): Colouring {
  const palette = paletteOf(theme);
  const column = colour === null ? undefined : columnById(colour);
  const dimension = column && dimensionOf(column, model.entries, model.context);
  const drawn = new Set(model.drawn);
  if (!dimension) {
    const isMany = model.drawn.length > MANY;
    const look = (run: RunId): Look | null => {
      const slot = slots.of(run);
      if (slot === undefined) return null;
      const { colour: own, dash } = lookOf(slot, palette);
      return { colour: own, dash: isMany ? [] : dash };
    };
    return { lookOf: look, samples: [], isRamp: false };
  }
  const places = new Map(model.entries.map((entry) => [entry.id, dimension.place(entry)]));
  const known = [...new Set([...places.values()].filter((place) => place !== null))].sort((a, b) => a - b);
  const isRamp = known.length > MOST_OWN || dimension.ticks.length > known.length;
  const [low, high] = [known[0] ?? 0, known.at(-1) ?? 1];
  const colourAt = (place: number): string =>
    isRamp
      ? rampColour(high > low ? (place - low) / (high - low) : 0, theme, palette)
      : palette[known.indexOf(place) % palette.length]!;
  const ticks = [...dimension.ticks].sort((a, b) => a.place - b.place);
  const shown = isRamp ? [ticks[0], ticks.at(-1)] : ticks.filter(({ place }) => known.includes(place));
  return {
    lookOf: (run) => {
      if (!drawn.has(run)) return null;
      const place = places.get(run) ?? null;
      return { colour: place === null ? theme.muted : colourAt(place), dash: [] };
    },
    samples: shown.flatMap((tick) => (tick === undefined ? [] : [{ colour: colourAt(tick.place), text: tick.text }])),
    isRamp,
  };
}
