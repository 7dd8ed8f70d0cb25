import type { SeriesName } from '../model';

/** Canonical name and unit of a log's own label. */
export interface CanonicalSeries {
  readonly name: SeriesName;
  readonly unit: string;
}

/** Looks up the canonical name of `label`. */
export function canonicalSeries(label: string): CanonicalSeries {
  return { name: label, unit: '' };
}
