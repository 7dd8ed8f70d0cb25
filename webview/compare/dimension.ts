import { formatNumber } from '../shared/numbers';
import type { Cell, Column, ColumnContext } from './columns';
import type { Entry } from './entry';
import { compareCells } from './order';
import { type Domain, padded, ticksOf, wantsLog } from './scale';

/** What is chosen on an axis: a range of numbers, or some texts. */
export type Brush = { readonly range: readonly [number, number] } | { readonly values: readonly string[] };

/** A column as an axis: every value has a place from 0 to 1. */
export interface Dimension {
  readonly id: string;
  readonly label: string;
  readonly place: (entry: Entry) => number | null;
  /** Round values with their places. */
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
  /** What lies between two places. */
  readonly brushOf: (from: number, to: number) => Brush;
  /** Places of a brush. */
  readonly placesOf: (brush: Brush) => readonly [number, number];
}

/** Texts beyond this many cannot be told apart on one axis. */
const MAX_TEXTS = 40;

/** A column as an axis over all `entries`; `null` when it has fewer than two values or too many texts. */
export function dimensionOf(column: Column, entries: readonly Entry[], context: ColumnContext): Dimension | null {
  const cells = entries.map((entry) => column.value(entry, context)).filter((cell) => cell !== null);
  const distinct = [...new Set(cells)];
  if (distinct.length < 2) return null;
  const value = (entry: Entry): Cell => column.value(entry, context);
  if (distinct.every((cell) => typeof cell === 'number')) return numberDimension(column, distinct, value);
  if (distinct.length > MAX_TEXTS) return null;
  return textDimension(column, distinct.sort(compareCells), value);
}

function numberDimension(column: Column, values: readonly number[], value: (entry: Entry) => Cell): Dimension | null {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return null;
  const [min, max] = [Math.min(...finite), Math.max(...finite)];
  const domain: Domain = padded({ min, max, log: wantsLog(min, max) }, 0.03);
  const map = domain.log ? Math.log : (number: number) => number;
  const [low, high] = [map(domain.min), map(domain.max)];
  const placeOf = (number: number): number => (map(number) - low) / (high - low);
  const numberAt = (place: number): number => {
    const mapped = low + place * (high - low);
    return domain.log ? Math.exp(mapped) : mapped;
  };
  return {
    id: column.id,
    label: column.label,
    place: (entry) => {
      const cell = value(entry);
      return typeof cell === 'number' && Number.isFinite(cell) ? placeOf(cell) : null;
    },
    ticks: tickValues(finite, domain).map((number) => ({ place: placeOf(number), text: formatNumber(number, 4) })),
    brushOf: (from, to) => ({ range: [numberAt(Math.min(from, to)), numberAt(Math.max(from, to))] }),
    placesOf: (brush) => ('range' in brush ? [placeOf(brush.range[0]), placeOf(brush.range[1])] : [0, 1]),
  };
}

/** The values themselves while they are few, as in a sweep; else round ones. */
function tickValues(values: readonly number[], domain: Domain): readonly number[] {
  return values.length <= 7 ? values : ticksOf(domain, 5, 1).values;
}

function textDimension(column: Column, values: readonly Cell[], value: (entry: Entry) => Cell): Dimension {
  const names = values.map(String);
  const placeOf = (i: number): number => (i + 0.5) / names.length;
  const places = new Map(names.map((name, i) => [name, placeOf(i)]));
  return {
    id: column.id,
    label: column.label,
    place: (entry) => {
      const cell = value(entry);
      return cell === null ? null : (places.get(String(cell)) ?? null);
    },
    ticks: names.map((text, i) => ({ place: placeOf(i), text })),
    brushOf: (from, to) => {
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      return { values: names.filter((_, i) => placeOf(i) >= low && placeOf(i) <= high) };
    },
    placesOf: (brush) => {
      if ('range' in brush) return [0, 1];
      const chosen = brush.values.map((name) => places.get(name)).filter((place) => place !== undefined);
      const half = 0.4 / names.length;
      return chosen.length === 0 ? [0, 0] : [Math.min(...chosen) - half, Math.max(...chosen) + half];
    },
  };
}

/** Whether a run lies within all brushes; a run whose value is unknown lies within none. */
export function brushTest(
  brushes: Readonly<Record<string, Brush>>,
  column: (id: string) => Column | undefined,
  context: ColumnContext,
): (entry: Entry) => boolean {
  const tests = Object.entries(brushes).flatMap(([id, brush]) => {
    const found = column(id);
    return found === undefined ? [] : [(entry: Entry) => holds(brush, found.value(entry, context))];
  });
  return (entry) => tests.every((test) => test(entry));
}

function holds(brush: Brush, cell: Cell): boolean {
  if (cell === null) return false;
  if ('values' in brush) return brush.values.includes(String(cell));
  return typeof cell === 'number' && cell >= brush.range[0] && cell <= brush.range[1];
}
