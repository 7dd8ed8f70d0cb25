import type { RunAxes } from '../core/engine/runAxes';
import type { RunId, RunState, SeriesName } from '../core/model';

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

/** The loss of another run, to be drawn beside that of the panel's own. */
export interface OverlaySnapshot {
  readonly run: RunId;
  readonly name: string;
  readonly series: SeriesName;
  /** Points before thinning. */
  readonly total: number;
  /** Smoothed as the panel's own loss, then thinned. */
  readonly points: Points;
  readonly axes: RunAxes;
}

/** One series of a run as a picker lists it. */
export interface SeriesListing {
  readonly name: SeriesName;
  readonly label: string;
  readonly unit: string;
  readonly points: number;
  readonly last: number | null;
  /** Its course in a few dozen finite values. */
  readonly spark: readonly number[];
}

/** Another run as a picker lists it. */
export interface RunListing {
  readonly run: RunId;
  readonly name: string;
  readonly source: string;
  readonly state: RunState;
  /** Its log lies in the same folder, or in one beside it, and holds the same loss. */
  readonly beside: boolean;
  readonly step: number | null;
  /** Smoothed loss at its newest step. */
  readonly loss: number | null;
  readonly spark: readonly number[];
}
