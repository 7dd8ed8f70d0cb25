/** What a plot shows, as plain data: made by a view model, drawn by `chart.ts`. */
export interface Scene {
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly SceneLine[];
  readonly bands: readonly SceneBand[];
  readonly rules: readonly SceneRule[];
  readonly marks: readonly SceneMark[];
  readonly end: SceneEnd | null;
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  /** Values are seconds: ticks are whole minutes, hours or days. */
  readonly time?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Meaning of a colour; the theme says which colour that is. */
export type ColourRole = 'train' | 'validation' | 'forecast' | 'lr' | 'extra' | 'ghost' | OverlayRole;

/** Other runs, in the order in which they were added. */
export const OVERLAY_ROLES = ['run0', 'run1', 'run2', 'run3', 'run4', 'run5'] as const;
export type OverlayRole = (typeof OVERLAY_ROLES)[number];

export interface SceneLine {
  readonly key: string;
  readonly role: ColourRole;
  readonly points: readonly Point[];
  readonly width: number;
  readonly alpha: number;
  readonly dash: readonly number[];
  /** Shape drawn on the points, thinned so that shapes never touch. */
  readonly marker: 'none' | 'diamond';
}

/** An area between two curves over the same steps. */
export interface SceneBand {
  readonly key: string;
  readonly role: ColourRole;
  readonly alpha: number;
  readonly steps: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A vertical line. */
export interface SceneRule {
  readonly x: number;
  readonly kind: 'present' | 'restart';
  readonly label: string;
}

/** A sign at the edge: a value that no axis can show, a warning, or (at the lower edge) a checkpoint. */
export interface SceneMark {
  readonly x: number;
  readonly kind: 'nonFinite' | 'error' | 'warning' | 'info' | 'checkpoint';
}

/** The forecast at the last planned step. */
export interface SceneEnd {
  readonly x: number;
  readonly value: number;
  readonly interval80: readonly [number, number];
  readonly interval95: readonly [number, number];
  readonly label: string;
}
