import type { Theme } from '../shared/theme';
import type { LegendItem } from './drawing';
import { fitted, type Pen } from './pen';

const COLUMN = 300;
const LINE = 18;
const MARGIN = 14;
const SAMPLE = 22;
const SIZE = 11;
/** Names beyond this many tell nobody anything. */
const MOST = 60;

/** Pixels that a legend needs below a chart of a width; 0 without one. */
export function legendHeight(items: readonly LegendItem[], width: number): number {
  const rows = Math.ceil(Math.min(items.length, MOST) / columnsIn(width));
  return rows === 0 ? 0 : rows * LINE + MARGIN;
}

/** Draws samples of the lines with their names, in columns from `top` on. */
export function drawLegend(
  pen: Pen,
  items: readonly LegendItem[],
  { width, top, theme }: { width: number; top: number; theme: Theme },
): void {
  const columns = columnsIn(width);
  for (const [i, { text, look }] of items.slice(0, MOST).entries()) {
    const x = MARGIN + (i % columns) * COLUMN;
    const y = top + Math.floor(i / columns) * LINE + LINE / 2;
    pen.line([x, x + SAMPLE], [y, y], { colour: look.colour, width: 2, dash: look.dash });
    const room = COLUMN - SAMPLE - MARGIN;
    pen.text(fitted(text, room, SIZE), x + SAMPLE + 6, y, { colour: theme.foreground, size: SIZE });
  }
}

function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width - MARGIN) / COLUMN));
}
