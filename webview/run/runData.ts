import type { RunId, SeriesName } from '../../src/core/model';
import type { ForecastView, PanelState, PanelView, ReportView, WhatIfReply } from '../../src/protocol/panel';
import type { RunAxes, RunView } from '../../src/protocol/run';
import type { NonFinitePoint, OverlaySnapshot, Points, SeriesAppend, SeriesSnapshot } from '../../src/protocol/series';
import type { Point } from '../shared/scene';

/** A series as the panel holds it. The arrays grow in place. */
export interface HeldSeries {
  readonly name: SeriesName;
  readonly label: string;
  readonly unit: string;
  revision: number;
  total: number;
  readonly raw: Point[];
  readonly smooth: Point[] | null;
  readonly ghosts: readonly Point[][];
  readonly nonFinite: NonFinitePoint[];
  /** Points when the snapshot was taken. */
  readonly snapshotTotal: number;
}

/** Whether a series shares the axis of the loss; all others get a strip of their own. */
export function isLossLike({ name }: Pick<HeldSeries, 'name'>): boolean {
  return /(^|[^a-z])loss($|[^a-z])/.test(name);
}

/** What the keys of other runs begin with. */
export const OVERLAY_KEY = 'run:';

/** The loss of another run. */
export interface HeldOverlay {
  /** Of its line and of its entry in the legend. */
  readonly key: string;
  readonly run: RunId;
  readonly name: string;
  readonly points: readonly Point[];
  readonly axes: RunAxes;
}

/** What an append did: `reopen` when the panel cannot follow and needs a snapshot. */
export type AppendResult = 'applied' | 'reopen';

/** The data behind a panel: one run, its series and its forecast. */
export class RunData {
  run: RunView | null = null;
  forecast: ForecastView | null = null;
  series: ReadonlyMap<SeriesName, HeldSeries> = new Map();
  overlays: readonly HeldOverlay[] = [];
  /** The report that was asked for last. */
  report: ReportView | null = null;
  /** Another schedule that is drawn beside the forecast. */
  whatIf: WhatIfReply | null = null;
  /** First logged step; `null` until the whole run has been seen. */
  firstStep: number | null = null;
  #maxPoints = Number.POSITIVE_INFINITY;
  #smooths = false;

  /** Takes the answer to `view`; a series is thinned again when it has grown to twice its `maxPoints`. */
  open(state: PanelState, view: Pick<PanelView, 'maxPoints' | 'window' | 'smoothing'>): void {
    if (this.run?.summary.id !== state.run.summary.id) [this.firstStep, this.whatIf, this.report] = [null, null, null];
    this.#maxPoints = view.maxPoints;
    this.run = state.run;
    this.forecast = state.forecast;
    this.#smooths = view.smoothing > 0;
    this.series = new Map(state.series.map((snapshot) => [snapshot.name, hold(snapshot)]));
    this.overlays = state.overlays.map(holdOverlay);
    if (view.window === null) this.firstStep = firstStepOf(this.series);
  }

  /** Replaces the overlays that are named; the others stay. */
  overlay(changed: readonly OverlaySnapshot[]): void {
    const fresh = new Map(changed.map((each) => [each.run, holdOverlay(each)]));
    this.overlays = this.overlays.map((held) => fresh.get(held.run) ?? held);
  }

  /** Replaces the series that are named; the others stay. */
  reset(snapshots: readonly SeriesSnapshot[]): void {
    this.series = new Map([...this.series, ...snapshots.map((each) => [each.name, hold(each)] as const)]);
  }

  /** Adds new points. Applies nothing of an append that does not extend the held revision. */
  append(appends: readonly SeriesAppend[]): AppendResult {
    let result: AppendResult = 'applied';
    for (const append of appends) {
      const held = this.series.get(append.name);
      if (held === undefined || held.revision !== append.from || !extend(held, append)) {
        result = 'reopen';
        continue;
      }
      held.revision = append.to;
      held.total = append.total;
      if (Math.max(held.raw.length, held.smooth?.length ?? 0) > 2 * this.#maxPoints) result = 'reopen';
      if (this.#smooths && outgrown(held)) result = 'reopen';
    }
    return result;
  }

  /** Logged points of the shown series together. */
  get points(): number {
    let sum = 0;
    for (const { total } of this.series.values()) sum += total;
    return sum;
  }
}

/** A loss that was too short to be smoothed in its snapshot may be long enough now. */
function outgrown({ name, smooth, total, snapshotTotal }: HeldSeries): boolean {
  return smooth === null && name.startsWith('train_loss') && total >= Math.max(32, 2 * snapshotTotal);
}

function firstStepOf(series: ReadonlyMap<SeriesName, HeldSeries>): number | null {
  const starts = [...series.values()].flatMap(({ raw, ghosts }) => [raw, ...ghosts].map((points) => points[0]?.x));
  const known = starts.filter((step) => step !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

function hold(snapshot: SeriesSnapshot): HeldSeries {
  return {
    name: snapshot.name,
    label: snapshot.label,
    unit: snapshot.unit,
    revision: snapshot.revision,
    total: snapshot.total,
    raw: toPoints(snapshot.raw),
    smooth: snapshot.smooth === null ? null : toPoints(snapshot.smooth),
    ghosts: snapshot.ghosts.map(toPoints),
    nonFinite: [...snapshot.nonFinite],
    snapshotTotal: snapshot.total,
  };
}

function holdOverlay({ run, name, points, axes }: OverlaySnapshot): HeldOverlay {
  return { key: `${OVERLAY_KEY}${run}`, run, name, points: toPoints(points), axes };
}

function extend(held: HeldSeries, append: SeriesAppend): boolean {
  if (!ascends(held.raw, append.raw) || (held.smooth === null && (append.smooth?.steps.length ?? 0) > 0)) return false;
  if (held.smooth !== null && append.smooth !== null && !ascends(held.smooth, append.smooth)) return false;
  for (const point of toPoints(append.raw)) held.raw.push(point);
  for (const point of append.smooth === null ? [] : toPoints(append.smooth)) held.smooth?.push(point);
  held.nonFinite.push(...append.nonFinite);
  return true;
}

/** A step that goes back is a restart, which only a snapshot can tell. */
function ascends(points: readonly Point[], { steps }: Points): boolean {
  const last = points.at(-1);
  return last === undefined || steps.length === 0 || steps[0]! >= last.x;
}

function toPoints({ steps, values }: Points): Point[] {
  const points = new Array<Point>(Math.min(steps.length, values.length));
  for (let index = 0; index < points.length; index++) points[index] = { x: steps[index]!, y: values[index]! };
  return points;
}
