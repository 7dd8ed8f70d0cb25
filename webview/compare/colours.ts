import type { RunId } from '../../src/core/model';
import { mix, readable } from '../shared/colour';
import type { Theme } from '../shared/theme';

/** Told apart with any colour vision. Source: Okabe & Ito 2008, without black and with a lighter yellow left out. */
const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

/** Dashes of the runs after the first six, the next six, and so on: colours alone do not tell that many lines apart. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3]];

/** How the curve of a run looks. */
export interface Look {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** Colours for a theme: each stands out from its background. */
export function paletteOf({ background, foreground, highContrast }: Theme): string[] {
  return PALETTE.map((colour) => readable(colour, background, foreground, highContrast ? 4.5 : 3));
}

/** The look of the run in a slot. */
export function lookOf(slot: number, palette: readonly string[]): Look {
  return {
    colour: palette[slot % palette.length]!,
    dash: DASHES[Math.floor(slot / palette.length) % DASHES.length]!,
  };
}

/** Gives drawn runs slots that they keep while they are drawn; a new run takes the first that is free. */
export class Slots {
  readonly #slots = new Map<RunId, number>();

  of(run: RunId): number | undefined {
    return this.#slots.get(run);
  }

  assign(runs: readonly RunId[]): void {
    const drawn = new Set(runs);
    for (const run of this.#slots.keys()) if (!drawn.has(run)) this.#slots.delete(run);
    const taken = new Set(this.#slots.values());
    let free = 0;
    for (const run of runs) {
      if (this.#slots.has(run)) continue;
      while (taken.has(free)) free++;
      taken.add(free);
      this.#slots.set(run, free);
    }
  }
}

/** The colour of a value from best (`0`) to worst (`1`): blue to orange by way of grey. */
export function rampColour(share: number, { foreground, background }: Theme, palette: readonly string[]): string {
  const middle = mix(foreground, background, 0.45);
  return share <= 0.5 ? mix(palette[0]!, middle, 2 * share) : mix(middle, palette[5]!, 2 * share - 1);
}
