import type { SeriesName } from '../core/model';

/** Ascending steps and finite values of equal length. */
export interface Points {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A value that is not a number, listed apart because JSON has none. */
export interface NonFinitePoint {
  readonly step: number;
  readonly kind: 'nan' | 'inf' | '-inf';
}

/** A whole series, thinned to least and greatest value per bucket so that no spike is lost. */
export interface SeriesSnapshot {
  readonly name: SeriesName;
  readonly label: string;
  readonly unit: string;
  /** Counts the changes of the series; an append names the revision it extends. */
  readonly revision: number;
  /** Points before thinning. */
  readonly total: number;
  readonly raw: Points;
  /** Smoothed over all points, then thinned; `null` when smoothing is off or pointless. */
  readonly smooth: Points | null;
  /** Points that a restart superseded. */
  readonly ghosts: readonly Points[];
  readonly nonFinite: readonly NonFinitePoint[];
}

/** New points at the end of a series. The receiver applies it only when it holds revision `from`. */
export interface SeriesAppend {
  readonly name: SeriesName;
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly raw: Points;
  readonly smooth: Points | null;
  readonly nonFinite: readonly NonFinitePoint[];
}
