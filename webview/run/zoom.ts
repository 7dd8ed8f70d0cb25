/** Visible steps [from, to]. */
export type Range = readonly [number, number];

/** The narrowest zoom, as a share of everything. */
const NARROWEST = 1e-5;

/** A position in `range` as a share, in the geometry of the axis. */
function toShare(x: number, [from, to]: Range, log: boolean): number {
  return log ? Math.log(x / from) / Math.log(to / from) : (x - from) / (to - from);
}

function fromShare(share: number, [from, to]: Range, log: boolean): number {
  return log ? from * (to / from) ** share : from + share * (to - from);
}

/**
 * Zooms by `factor` (below 1: closer) around `anchor`, within `full`. `null` is the whole range: a view of everything
 * follows a growing run, a zoomed one stays.
 */
export function zoomAround(
  range: Range,
  full: Range,
  zoom: { anchor: number; factor: number; log: boolean },
): Range | null {
  const anchor = Math.min(range[1], Math.max(range[0], zoom.anchor));
  const share = toShare(anchor, range, zoom.log);
  const width = Math.max(zoom.factor, zoom.log ? 1e-3 : (NARROWEST * (full[1] - full[0])) / (range[1] - range[0]));
  return limit(
    [fromShare(share - share * width, range, zoom.log), fromShare(share + (1 - share) * width, range, zoom.log)],
    full,
  );
}

/** Moves the range by a share of its width, stopping at the ends of `full`. */
export function panBy(range: Range, full: Range, move: { share: number; log: boolean }): Range | null {
  const low = toShare(full[0], range, move.log);
  const high = toShare(full[1], range, move.log);
  const share = Math.min(high - 1, Math.max(low, move.share));
  if (!Number.isFinite(share)) return range;
  return limit([fromShare(share, range, move.log), fromShare(1 + share, range, move.log)], full);
}

/** The range between two ends in any order; `null` when it is all of `full` or too narrow to be meant. */
export function brushed(first: number, second: number, full: Range): Range | null {
  const range: Range = [Math.min(first, second), Math.max(first, second)];
  return range[1] - range[0] < NARROWEST * (full[1] - full[0]) ? null : limit(range, full);
}

function limit(range: Range, full: Range): Range | null {
  const from = Math.max(full[0], range[0]);
  const to = Math.min(full[1], range[1]);
  const slack = 1e-6 * (full[1] - full[0]);
  if (!(to > from) || (from <= full[0] + slack && to >= full[1] - slack)) return null;
  return [from, to];
}
