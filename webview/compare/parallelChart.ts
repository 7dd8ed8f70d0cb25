import type { RunId } from '../../src/core/model';
import { formatLoss } from '../shared/numbers';
import type { Theme } from '../shared/theme';
import { FONT_SIZE } from './axes';
import { rampColour } from './colours';
import type { Brush, Dimension } from './dimension';
import {
  type Canvas,
  type Choice,
  type Drawing,
  emptyDrawing,
  type Grab,
  type Hit,
  LEAST_DRAG,
  type Piece,
} from './drawing';
import { type Entry, finalOf } from './entry';
import { type Box, fitted, type Pen } from './pen';
import { texts } from './texts';

const MARGIN = { left: 70, right: 84, top: 34, bottom: 14 };
/** Pixels from an axis that a brush may begin at, and from a line that still mean it. */
const AXIS_REACH = 16;
const REACH = 12;
/** Runs that the brushes leave out stay visible, faintly. */
const FAINT = 0.1;

interface Traced {
  readonly entry: Entry;
  readonly ys: Float64Array;
  readonly colour: string;
  readonly isIn: boolean;
}

/** Where the axes stand. */
interface Layout {
  readonly xs: readonly number[];
  readonly top: number;
  readonly bottom: number;
  readonly yOf: (place: number) => number;
}

/** What the lines of the runs go through. */
export interface ParallelModel {
  readonly entries: readonly Entry[];
  readonly dimensions: readonly Dimension[];
  readonly brushes: Readonly<Record<string, Brush>>;
  readonly isIn: (entry: Entry) => boolean;
}

/** One line per run through its hyperparameters to its final loss; the lowest third is blue, the highest orange. */
export function parallelChart(model: ParallelModel, canvas: Canvas): Drawing {
  const { entries, dimensions, brushes, isIn } = model;
  const { width, height, theme, palette } = canvas;
  if (dimensions.length < 2) return emptyDrawing(texts.chart.noneLeft(reasonOf(entries)), canvas);
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  const xs = dimensions.map(
    (_, k) => MARGIN.left + (k * (width - MARGIN.left - MARGIN.right)) / (dimensions.length - 1),
  );
  const yOf = (place: number): number => bottom - place * (bottom - top);
  const finals = entries
    .map(finalOf)
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const known = entries.filter((entry) => dimensions.every((dimension) => dimension.place(entry) !== null));
  const traced = known
    .map((entry): Traced => {
      const share = finals.length < 2 ? 0 : finals.indexOf(finalOf(entry)!) / (finals.length - 1);
      const ys = Float64Array.from(dimensions, (dimension) => yOf(dimension.place(entry)!));
      return { entry, ys, colour: rampColour(share, theme, palette), isIn: isIn(entry) };
    })
    .sort((a, b) => Number(a.isIn) - Number(b.isIn) || finalOf(b.entry)! - finalOf(a.entry)!);
  const layout: Layout = { xs, top, bottom, yOf };
  const frame = (pen: Pen): void => {
    for (const [k, dimension] of dimensions.entries()) {
      drawAxis(pen, { dimension, k, layout, brush: brushes[dimension.id] }, theme);
    }
  };
  return {
    frame,
    pieces: [
      ...traced.map(
        ({ ys, colour, isIn: isShown }): Piece =>
          (pen) =>
            pen.line(xs, ys, { colour, width: isShown ? 1.5 : 1, alpha: isShown ? 0.75 : FAINT }),
      ),
      frame,
    ],
    highlight: (pen, run) => {
      const found = traced.find(({ entry }) => entry.id === run);
      if (found === undefined) return;
      pen.line(xs, found.ys, { colour: theme.foreground, width: 3 });
      for (const [k, y] of found.ys.entries()) pen.dot(xs[k]!, y, 3, theme.foreground, false);
    },
    near: (px, py) => nearLine(traced, xs, px, py),
    grab: (px, py) => grabAxis(dimensions, layout, px, py),
    runs: traced.map(({ entry }) => entry.id),
    note:
      known.length === entries.length
        ? ''
        : texts.chart.leftOut(`${entries.length - known.length}`, texts.chart.incomplete),
  };
}

/** A drag along an axis keeps the runs that pass there; a click takes the choice back. */
function grabAxis(dimensions: readonly Dimension[], { xs, top, bottom }: Layout, px: number, py: number): Grab | null {
  const k = xs.findIndex((x) => Math.abs(x - px) <= AXIS_REACH);
  if (k < 0) return null;
  const placeAt = (y: number): number => Math.min(1, Math.max(0, (bottom - y) / (bottom - top)));
  const dimension = dimensions[k]!;
  const choose = (_: number, y: number): Choice => {
    const brush = Math.abs(y - py) < LEAST_DRAG ? null : dimension.brushOf(placeAt(py), placeAt(y));
    return { kind: 'brush', axis: dimension.id, brush };
  };
  const box = (): Box => ({ left: 0, right: 0, top: 0, bottom: 0 });
  return { cursor: 'ns-resize', isLive: true, choose, box };
}

interface AxisParts {
  readonly dimension: Dimension;
  readonly k: number;
  readonly layout: Layout;
  readonly brush: Brush | undefined;
}

function drawAxis(pen: Pen, { dimension, k, layout: { xs, top, bottom, yOf }, brush }: AxisParts, theme: Theme): void {
  const [isFirst, isLast] = [k === 0, k === xs.length - 1];
  const x = Math.round(xs[k]!) + 0.5;
  const gap = isLast ? MARGIN.right : xs[k + 1]! - x;
  const size = FONT_SIZE;
  pen.line([x, x], [top, bottom], { colour: theme.muted, width: 1 });
  const align = isFirst ? 'left' : isLast ? 'right' : 'center';
  const at = isFirst ? x - MARGIN.left + 4 : isLast ? x + MARGIN.right - 4 : x;
  // Names share the room between two axes; the outer ones have their margin too.
  const room = isFirst ? MARGIN.left + gap / 2 - 10 : isLast ? MARGIN.right : gap - 8;
  pen.text(fitted(dimension.label, room, size), at, 14, { colour: theme.foreground, size, bold: isLast, align });
  for (const { place, text } of spaced(dimension, bottom - top)) {
    pen.text(fitted(text, isFirst ? MARGIN.left - 10 : gap - 10, size), isFirst ? x - 6 : x + 6, yOf(place), {
      colour: theme.muted,
      size,
      align: isFirst ? 'right' : 'left',
      halo: theme.background,
    });
  }
  if (brush === undefined) return;
  const [from, to] = dimension.placesOf(brush);
  pen.rect({ left: x - 5, right: x + 5, top: yOf(Math.min(1, to)), bottom: yOf(Math.max(0, from)) }, theme.focus, 0.45);
}

function reasonOf(entries: readonly Entry[]): string {
  return entries.some((entry) => finalOf(entry) !== null) ? texts.chart.noNumbers : texts.chart.noFinals;
}

/** Ticks that are far enough from one another to be read. */
function spaced({ ticks }: Dimension, length: number): Dimension['ticks'] {
  let before = Number.NEGATIVE_INFINITY;
  return [...ticks]
    .sort((a, b) => a.place - b.place)
    .filter(({ place }) => {
      if ((place - before) * length < FONT_SIZE + 3) return false;
      before = place;
      return true;
    });
}

function nearLine(traced: readonly Traced[], xs: readonly number[], px: number, py: number): Hit | null {
  const right = xs.findIndex((x) => x > px);
  const k = right < 0 ? xs.length - 2 : Math.max(0, right - 1);
  const share = Math.min(1, Math.max(0, (px - xs[k]!) / (xs[k + 1]! - xs[k]!)));
  let [least, hit] = [REACH, null as { entry: Entry; y: number } | null];
  for (const { entry, ys, isIn } of traced) {
    if (!isIn) continue;
    const y = ys[k]! + share * (ys[k + 1]! - ys[k]!);
    if (Math.abs(y - py) <= least) [least, hit] = [Math.abs(y - py), { entry, y }];
  }
  return hit && { run: hit.entry.id as RunId, x: px, y: hit.y, text: formatLoss(finalOf(hit.entry)) };
}
