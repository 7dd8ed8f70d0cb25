import type { Drawing } from './drawing';
import type { Pen } from './pen';

/** Milliseconds of a frame that a chart may take. */
const SLICE = 5;

/**
 * Paints charts behind the one that is seen, in slices of a frame: a chart of very many curves takes several, and nothing
 * that the user does waits for it. What comes while one is painted is painted next, so that one is always finished.
 */
export class SlicedPainter {
  #painting: { readonly drawing: Drawing; readonly pen: Pen; next: number } | null = null;
  #waiting: Drawing | null = null;

  /** `begin` gives an empty page to paint on, `finish` takes it when the drawing is complete. */
  constructor(
    readonly begin: () => Pen | null,
    readonly finish: (drawing: Drawing) => void,
  ) {}

  /** Paints a drawing: at once if one slice is enough for it. */
  paint(drawing: Drawing): void {
    this.#waiting = drawing;
    if (this.#painting === null) this.#start();
  }

  #start(): void {
    const drawing = this.#waiting;
    this.#waiting = null;
    const pen = drawing === null ? null : this.begin();
    if (drawing === null || pen === null) return;
    this.#painting = { drawing, pen, next: 0 };
    this.#slice();
  }

  #slice(): void {
    const painting = this.#painting!;
    const { drawing, pen } = painting;
    const end = performance.now() + SLICE;
    while (painting.next < drawing.pieces.length) {
      drawing.pieces[painting.next++]!(pen);
      if (performance.now() < end) continue;
      if (painting.next < drawing.pieces.length) {
        requestAnimationFrame(() => this.#slice());
        return;
      }
    }
    this.#painting = null;
    this.finish(drawing);
    this.#start();
  }
}
