import type { RunId } from '../../src/core/model';
import { sharpen } from '../shared/canvas';
import { h, setAttr, setHidden, setText } from '../shared/dom';
import type { Theme } from '../shared/theme';
import { perFrame } from '../shared/timing';
import { CanvasPen } from './canvasPen';
import type { Brush } from './dimension';
import type { Drawing, Hit } from './drawing';
import type { ParallelDrawing } from './parallelChart';
import { SvgPen } from './svgPen';
import { texts } from './texts';

/** What the pointer does with a chart. */
export interface ChartActions {
  readonly hover: (run: RunId | null) => void;
  readonly open: (run: RunId) => void;
  readonly brush: (axis: string, brush: Brush | null) => void;
  readonly resized: () => void;
}

/** A brush shorter than this many pixels is a click, and takes the brush away. */
const LEAST_BRUSH = 4;

/** A chart with a second canvas above it, so that pointing at a run draws that run alone. */
export class ChartView {
  readonly root = h('div', { class: 'chart' });
  readonly #inner = h('div', { class: 'chart-inner' });
  readonly #base = h('canvas', { id: 'chart', attrs: { role: 'img' } });
  readonly #top = h('canvas', { class: 'chart-top', attrs: { 'aria-hidden': 'true' } });
  readonly #tip = h('div', { class: 'tip', hidden: true, attrs: { 'aria-hidden': 'true' } });
  readonly #tipName = h('b');
  readonly #tipText = h('span');
  readonly #drawTop = perFrame(() => this.#paintTop());
  #drawing: Drawing | null = null;
  #theme: Theme | null = null;
  #marked: RunId | null = null;
  #hit: Hit | null = null;
  #drag: { readonly axis: string; readonly to: (y: number) => Brush | null } | null = null;
  #nameOf: (run: RunId) => string = (run) => run;

  constructor(readonly actions: ChartActions) {
    this.#tip.append(this.#tipName, this.#tipText);
    this.#inner.append(this.#base, this.#top, this.#tip);
    this.root.append(this.#inner);
    new ResizeObserver(actions.resized).observe(this.root);
    this.#inner.addEventListener('pointermove', (event) => this.#move(event));
    this.#inner.addEventListener('pointerleave', () => this.#point(null));
    this.#inner.addEventListener('pointerdown', (event) => this.#down(event));
    this.#inner.addEventListener('pointerup', (event) => this.#up(event));
    this.#inner.addEventListener('dblclick', () => this.#hit !== null && actions.open(this.#hit.run));
  }

  /** Room for a chart in pixels. */
  get room(): { width: number; height: number } {
    return { width: this.root.clientWidth, height: this.root.clientHeight };
  }

  /** Gives the chart its height: more than the room makes it scroll. */
  setHeight(height: number): void {
    const { height: room } = this.room;
    this.#inner.style.height = height > room ? `${height}px` : '100%';
  }

  draw(drawing: Drawing, theme: Theme, { label, nameOf }: { label: string; nameOf: (run: RunId) => string }): void {
    this.#drawing = drawing;
    this.#theme = theme;
    this.#nameOf = nameOf;
    setAttr(this.#base, 'aria-label', label);
    const pen = this.#clear(this.#base);
    if (pen !== null) drawing.draw(pen);
    this.#drawTop();
  }

  /** Draws a run that is pointed at elsewhere. */
  mark(run: RunId | null): void {
    if (run === this.#marked) return;
    this.#marked = run;
    if (run === null || this.#hit?.run !== run) this.#hit = null;
    this.#drawTop();
  }

  /** The chart as a PNG, base64. */
  png(): string {
    const canvas = document.createElement('canvas');
    canvas.width = this.#base.width;
    canvas.height = this.#base.height;
    const context = canvas.getContext('2d')!;
    context.fillStyle = this.#theme?.background ?? '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.#base, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1]!;
  }

  /** The chart as an SVG file. */
  svg(): string {
    const pen = new SvgPen(this.#base.clientWidth, this.#base.clientHeight, this.#theme!);
    this.#drawing?.draw(pen);
    return pen.toString();
  }

  #clear(canvas: HTMLCanvasElement): CanvasPen | null {
    const { width, height } = sharpen(canvas);
    const context = canvas.getContext('2d');
    if (context === null || this.#theme === null) return null;
    context.clearRect(0, 0, width, height);
    return new CanvasPen(context, this.#theme);
  }

  #paintTop(): void {
    const pen = this.#clear(this.#top);
    if (pen === null || this.#drawing === null || this.#theme === null) return;
    const isMarked = this.#marked !== null && this.#drawing.runs.includes(this.#marked);
    this.#base.classList.toggle('dimmed', isMarked && this.#drawing.runs.length > 1);
    if (isMarked) {
      this.#drawing.frame(pen);
      this.#drawing.highlight(pen, this.#marked!);
    }
    const hit = this.#hit;
    setHidden(this.#tip, hit === null);
    if (hit === null) return;
    pen.dot(hit.x, hit.y, 3.5, this.#theme.foreground, false);
    setText(this.#tipName, this.#nameOf(hit.run));
    setText(this.#tipText, hit.text);
    const isRight = hit.x > this.#top.clientWidth / 2;
    this.#tip.style.transform = `translate(${hit.x}px, ${Math.max(30, hit.y)}px) translate(${isRight ? 'calc(-100% - 12px)' : '12px'}, calc(-100% - 6px))`;
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const box = this.#inner.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #move(event: PointerEvent): void {
    const { x, y } = this.#place(event);
    if (this.#drag !== null) {
      this.actions.brush(this.#drag.axis, this.#drag.to(y));
      return;
    }
    this.#inner.style.cursor = this.#axisAt(x) === null ? '' : 'ns-resize';
    this.#point(this.#drawing?.near(x, y) ?? null);
  }

  #point(hit: Hit | null): void {
    if (hit === null && this.#hit === null) return;
    const isOther = hit?.run !== this.#marked;
    this.#hit = hit;
    this.#marked = hit?.run ?? null;
    if (isOther) this.actions.hover(this.#marked);
    this.#drawTop();
  }

  #axisAt(x: number): ReturnType<ParallelDrawing['axisAt']> {
    const drawing = this.#drawing;
    return drawing !== null && 'axisAt' in drawing ? (drawing as ParallelDrawing).axisAt(x) : null;
  }

  #down(event: PointerEvent): void {
    const { x, y } = this.#place(event);
    const axis = this.#axisAt(x);
    if (axis === null) return;
    this.#drag = { axis: axis.id, to: (end) => (Math.abs(end - y) < LEAST_BRUSH ? null : axis.brush(y, end)) };
    this.#inner.setPointerCapture(event.pointerId);
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    if (drag !== null) this.actions.brush(drag.axis, drag.to(this.#place(event).y));
  }
}

/** Says in a sentence what a chart shows, for those who do not see it. */
export function chartLabel(what: string, runs: number): string {
  return texts.chart.description(what, `${runs}`);
}
