import type { RunId } from '../../src/core/model';
import { sharpen } from '../shared/canvas';
import { h, setAttr, setHidden, setText } from '../shared/dom';
import { SvgContext } from '../shared/svgContext';
import type { Theme } from '../shared/theme';
import { perFrame } from '../shared/timing';
import { ContextPen } from './contextPen';
import type { Choice, Drawing, Grab, Hit } from './drawing';
import { drawLegend, legendHeight } from './legend';
import type { Box, Pen } from './pen';
import { SlicedPainter } from './slicedPainter';
import { texts } from './texts';

/** What the pointer does with a chart. */
export interface ChartActions {
  readonly hover: (run: RunId | null) => void;
  readonly open: (run: RunId) => void;
  readonly choose: (choice: Choice) => void;
  readonly resized: () => void;
}

/** A chart with a second canvas above it, so that pointing at a run draws that run alone. */
export class ChartView {
  readonly root = h('div', { class: 'chart' });
  readonly #inner = h('div', { class: 'chart-inner' });
  readonly #base = h('canvas', { id: 'chart', attrs: { role: 'img' } });
  /** Where the next chart is made, until it takes the place of the one that is seen. */
  readonly #next = h('canvas', { class: 'chart-next', attrs: { 'aria-hidden': 'true' } });
  readonly #painter = new SlicedPainter(
    () => this.#clear(this.#next),
    (drawing) => this.#finish(drawing),
  );
  readonly #top = h('canvas', { class: 'chart-top', attrs: { 'aria-hidden': 'true' } });
  readonly #tip = h('div', { class: 'tip', hidden: true, attrs: { 'aria-hidden': 'true' } });
  readonly #tipName = h('b');
  readonly #tipText = h('span');
  readonly #drawTop = perFrame(() => this.#paintTop());
  #room = { width: 0, height: 0 };
  #size = { width: 0, height: 0 };
  #drawing: Drawing | null = null;
  #theme: Theme | null = null;
  #marked: RunId | null = null;
  #hit: Hit | null = null;
  #drag: { readonly grab: Grab; box: Box | null } | null = null;
  #nameOf: (run: RunId) => string = (run) => run;

  constructor(readonly actions: ChartActions) {
    this.#tip.append(this.#tipName, this.#tipText);
    this.#inner.append(this.#next, this.#base, this.#top, this.#tip);
    this.root.append(this.#inner);
    new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      this.#room = { width, height };
      actions.resized();
    }).observe(this.root);
    this.#inner.addEventListener('pointermove', (event) => this.#move(event));
    this.#inner.addEventListener('pointerleave', () => this.#point(null));
    this.#inner.addEventListener('pointerdown', (event) => this.#down(event));
    this.#inner.addEventListener('pointerup', (event) => this.#up(event));
    this.#inner.addEventListener('dblclick', () => this.#hit !== null && actions.open(this.#hit.run));
  }

  /** Room for a chart in pixels, as it was observed: asking for it would lay out the page. */
  get room(): { width: number; height: number } {
    return this.#room;
  }

  /** Gives the chart its height: more than the room makes it scroll. */
  setHeight(height: number): void {
    const wanted = height > this.#room.height ? `${height}px` : '100%';
    if (this.#inner.style.height !== wanted) this.#inner.style.height = wanted;
    this.#size = { width: this.#room.width, height };
  }

  draw(drawing: Drawing, theme: Theme, { label, nameOf }: { label: string; nameOf: (run: RunId) => string }): void {
    this.#theme = theme;
    this.#nameOf = nameOf;
    setAttr(this.#base, 'aria-label', label);
    this.#painter.paint(drawing);
  }

  #finish(drawing: Drawing): void {
    this.#drawing = drawing;
    const { width, height } = sharpen(this.#base, this.#size);
    const context = this.#base.getContext('2d');
    context?.clearRect(0, 0, width, height);
    context?.drawImage(this.#next, 0, 0, width, height);
    this.#drawTop();
  }

  /** Draws a run that is pointed at elsewhere. */
  mark(run: RunId | null): void {
    if (run === this.#marked) return;
    this.#marked = run;
    if (run === null || this.#hit?.run !== run) this.#hit = null;
    this.#drawTop();
  }

  /** The chart with its legend as a PNG, base64. */
  png(): string {
    const { width, height } = this.#pictureSize();
    const ratio = window.devicePixelRatio || 1;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    this.#drawPicture(new ContextPen(context, this.#theme!));
    return canvas.toDataURL('image/png').split(',')[1]!;
  }

  /** The chart with its legend as an SVG file. */
  svg(): string {
    const svg = new SvgContext();
    this.#drawPicture(new ContextPen(svg, this.#theme!));
    return svg.file(this.#pictureSize());
  }

  #pictureSize(): { width: number; height: number } {
    const { width, height } = this.#size;
    return { width, height: height + legendHeight(this.#drawing?.legend ?? [], width) };
  }

  #drawPicture(pen: Pen): void {
    const { width, height: top } = this.#size;
    const { height: bottom } = this.#pictureSize();
    pen.rect({ left: 0, top: 0, right: width, bottom }, this.#theme!.background, 1);
    for (const piece of this.#drawing?.pieces ?? []) piece(pen);
    drawLegend(pen, this.#drawing?.legend ?? [], { width, top, theme: this.#theme! });
  }

  #clear(canvas: HTMLCanvasElement): ContextPen | null {
    const { width, height } = sharpen(canvas, this.#size);
    const context = canvas.getContext('2d');
    if (context === null || this.#theme === null) return null;
    context.clearRect(0, 0, width, height);
    return new ContextPen(context, this.#theme);
  }

  #paintTop(): void {
    const pen = this.#clear(this.#top);
    if (pen === null || this.#drawing === null || this.#theme === null) return;
    if (this.#drag?.box) pen.rect(this.#drag.box, this.#theme.focus, 0.2);
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
    const isRight = hit.x > this.#size.width / 2;
    this.#tip.style.transform = `translate(${hit.x}px, ${Math.max(30, hit.y)}px) translate(${isRight ? 'calc(-100% - 12px)' : '12px'}, calc(-100% - 6px))`;
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const box = this.#inner.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #move(event: PointerEvent): void {
    const { x, y } = this.#place(event);
    if (this.#drag !== null) {
      const { grab } = this.#drag;
      this.#drag.box = grab.box(x, y);
      if (grab.isLive) this.actions.choose(grab.choose(x, y));
      this.#drawTop();
      return;
    }
    this.#inner.style.cursor = this.#drawing?.grab?.(x, y)?.cursor ?? '';
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

  #down(event: PointerEvent): void {
    const { x, y } = this.#place(event);
    const grab = event.button === 0 ? this.#drawing?.grab?.(x, y) : null;
    if (!grab) return;
    this.#drag = { grab, box: null };
    this.#inner.setPointerCapture(event.pointerId);
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    if (drag === null) return;
    const { x, y } = this.#place(event);
    if (drag.grab.isLive || drag.box !== null) this.actions.choose(drag.grab.choose(x, y));
    this.#drawTop();
  }
}

/** Says in a sentence what a chart shows, for those who do not see it. */
export function chartLabel(what: string, runs: number): string {
  return texts.chart.description(what, `${runs}`);
}
