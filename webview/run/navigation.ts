import type { PlotActions } from './interaction';
import { rolesOf } from './plotModel';
import type { PlotView } from './plotView';
import { nearest } from './points';
import { walk } from './readoutModel';
import type { RunData } from './runData';
import { axisRange, type StepAxis } from './stepAxis';
import { brushed, panBy, type Range, zoomAround } from './zoom';

/** A line of the plot that can be dragged. */
export interface DragHandle {
  readonly key: string;
  readonly step: number;
  readonly label: string;
}

/** What a person moves through. */
export interface Scenery {
  readonly plot: PlotView;
  readonly data: () => RunData;
  readonly range: () => { readonly visible: Range; readonly full: Range };
  readonly axis: () => StepAxis;
  readonly logX: () => boolean;
  readonly handles: () => readonly DragHandle[];
  /** A handle was dragged to a step. */
  readonly drag: (key: string, step: number) => void;
  /** Shows a range of steps; `null` is everything. */
  readonly zoom: (window: Range | null) => void;
  /** The crosshair or the brush has moved; `spoken` when it should be read out. */
  readonly moved: (spoken: boolean) => void;
  readonly copy: () => void;
}

/** Pixels from a handle that still mean it. */
const HANDLE_REACH = 7;
/** Share of the run that is shown around a step. */
const SHOWN_SHARE = 0.1;

/** Where the crosshair is, and what pointer, wheel and keys do on the plot. */
export class Navigation {
  cursor: number | null = null;
  brush: readonly [number, number] | null = null;
  /** Handle that is held. */
  held: string | null = null;
  /** Place of the pointer; `null` when the crosshair is moved by keys. */
  #pointer: number | null = null;
  /** Range that was visible when a pan began. */
  #panned: Range | null = null;

  constructor(readonly of: Scenery) {}

  /** The crosshair follows a pointer that is not dragging. */
  get points(): boolean {
    return this.#pointer !== null && this.brush === null && this.held === null;
  }

  actions(): PlotActions {
    const { of } = this;
    return {
      moveTo: (pixel) => {
        this.#pointer = pixel;
        this.#moveCursor(pixel === null ? null : this.#stepAt(pixel));
      },
      walk: (points) => this.#walk(points),
      brush: (pixels) => {
        this.brush = pixels;
        of.moved(false);
      },
      zoomTo: ([from, to]) => {
        const range = brushed(this.#clampedStep(from), this.#clampedStep(to), of.range().full);
        if (range !== null) of.zoom(range);
      },
      grab: (pixel) => this.#grab(pixel),
      dragTo: (pixel) => {
        if (this.held !== null) of.drag(this.held, this.#clampedStep(pixel));
      },
      release: () => {
        this.held = null;
        of.moved(false);
      },
      zoomBy: (factor, pixel) => this.#zoomBy(factor, pixel),
      pan: (share) => this.#pan(of.range().visible, share),
      panFrom: (pixels) => {
        this.#panned = pixels === null ? null : (this.#panned ?? of.range().visible);
        const { left, right } = of.plot.loss.area;
        if (pixels !== null && this.#panned !== null) this.#pan(this.#panned, (pixels[0] - pixels[1]) / (right - left));
      },
      reset: () => of.zoom(null),
      copy: of.copy,
      hintWheel: () => of.plot.hintWheel(),
    };
  }

  /** Puts the crosshair back under a pointer that rests while the plot changes below it. */
  rest(): void {
    if (this.#pointer !== null) this.cursor = this.#stepAt(this.#pointer);
  }

  /** Zooms to the surroundings of a step. */
  show(step: number): void {
    const { full } = this.of.range();
    const half = (SHOWN_SHARE * (full[1] - full[0])) / 2;
    this.of.zoom([Math.max(full[0], step - half), Math.min(full[1], step + half)]);
    this.#moveCursor(step);
  }

  #grab(pixel: number): boolean {
    const distance = ({ step }: DragHandle): number => Math.abs(this.of.plot.pixelOf(step) - pixel);
    const found = [...this.of.handles()].sort((a, b) => distance(a) - distance(b))[0];
    if (found === undefined || distance(found) > HANDLE_REACH) return false;
    this.held = found.key;
    return true;
  }

  /** Zooms and pans in the geometry of the axis, so that what is under the pointer stays there. */
  #zoomBy(factor: number, pixel: number | null): void {
    const { visible, full } = this.of.range();
    const middle = (this.of.plot.loss.area.left + this.of.plot.loss.area.right) / 2;
    const step = pixel === null ? (this.cursor ?? this.#clampedStep(middle)) : this.#clampedStep(pixel);
    const zoom = { anchor: this.of.axis().at(step), factor, log: this.of.logX() };
    this.#show(zoomAround(this.#onAxis(visible), this.#onAxis(full), zoom));
  }

  #pan(from: Range, share: number): void {
    const { visible, full } = this.of.range();
    if (visible[0] === full[0] && visible[1] === full[1]) return;
    this.#show(panBy(this.#onAxis(from), this.#onAxis(full), { share, log: this.of.logX() }));
  }

  #show(range: Range | null): void {
    const { stepAt } = this.of.axis();
    this.of.zoom(range === null ? null : [stepAt(range[0]), stepAt(range[1])]);
  }

  #onAxis(range: Range): Range {
    const { min, max } = axisRange(range, this.of.axis(), this.of.logX());
    return [min, max];
  }

  /** The step under a pixel: of the nearest logged point, or any step where nothing is logged. */
  #stepAt(pixel: number): number | null {
    const { left, right } = this.of.plot.loss.area;
    if (pixel < left - 2 || pixel > right + 2) return null;
    const x = this.#clampedStep(pixel);
    const { main, validation } = rolesOf(this.of.data());
    return nearest((main ?? validation)?.raw ?? [], x)?.x ?? x;
  }

  #clampedStep(pixel: number): number {
    const { left, right } = this.of.plot.loss.area;
    return this.of.plot.stepAt(Math.min(right, Math.max(left, pixel)));
  }

  #moveCursor(step: number | null): void {
    if (step === this.cursor) return;
    this.cursor = step;
    this.of.moved(false);
  }

  #walk(points: number | 'first' | 'last'): void {
    const by = points === 'first' ? Number.NEGATIVE_INFINITY : points === 'last' ? Number.POSITIVE_INFINITY : points;
    this.#pointer = null;
    this.#moveCursor(walk(this.of.data(), this.cursor, by, this.of.range().visible));
    this.of.moved(true);
  }
}
