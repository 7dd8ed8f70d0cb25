/** What a person does on the plot. Positions are pixels from its left edge. */
export interface PlotActions {
  readonly moveTo: (pixel: number | null) => void;
  readonly walk: (points: number | 'first' | 'last') => void;
  readonly brush: (pixels: readonly [number, number] | null) => void;
  readonly zoomTo: (pixels: readonly [number, number]) => void;
  /** Takes hold of a handle near the pixel; false when there is none. */
  readonly grab: (pixel: number) => boolean;
  readonly dragTo: (pixel: number) => void;
  readonly release: () => void;
  /** `pixel`: where the zoom is anchored; `null`: at the crosshair or the middle. */
  readonly zoomBy: (factor: number, pixel: number | null) => void;
  readonly pan: (share: number) => void;
  /** Drags what is under the first pixel to the second; `null` when it is let go. */
  readonly panFrom: (pixels: readonly [number, number] | null) => void;
  readonly reset: () => void;
  readonly copy: () => void;
  readonly hintWheel: () => void;
}

/** Shorter drags are clicks. */
const DRAG = 5;
const WHEEL = 0.0018;
const LINE_HEIGHT = 16;
const KEY_ZOOM = 0.7;
const KEY_PAN = 0.25;
const FAST = 10;
/** A pinch on a touchpad comes as a wheel with Ctrl, in smaller numbers. */
const PINCH = 3;
const MIDDLE = 1;

/** Connects pointer, wheel and keys of a plot with its actions. */
export function connectPlot(plot: HTMLElement, actions: PlotActions): void {
  connectPointer(plot, actions);
  plot.addEventListener('wheel', (event) => onWheel(plot, event, actions), { passive: false });
  plot.addEventListener('dblclick', ({ target }) => isOwn(target) || actions.reset());
  plot.addEventListener('keydown', (event) => {
    if (event.target === plot && onKey(event, actions)) event.preventDefault();
  });
  plot.addEventListener('blur', () => actions.moveTo(null));
}

type Gesture = 'handle' | 'pan' | 'brush';

function connectPointer(plot: HTMLElement, actions: PlotActions): void {
  let start: { readonly pixel: number; readonly gesture: Gesture } | null = null;
  const pixel = (event: PointerEvent): number => event.clientX - plot.getBoundingClientRect().left;
  const finish = (): void => {
    if (start?.gesture === 'pan') actions.panFrom(null);
    else if (start?.gesture === 'handle') actions.release();
    else if (start !== null) actions.brush(null);
    plot.classList.remove('dragging');
    start = null;
  };
  plot.addEventListener('pointerdown', (event) => {
    const pans = event.button === MIDDLE || (event.button === 0 && event.shiftKey);
    if (isOwn(event.target) || (event.button !== 0 && !pans)) return;
    const at = pixel(event);
    start = { pixel: at, gesture: pans ? 'pan' : actions.grab(at) ? 'handle' : 'brush' };
    if (pans) event.preventDefault();
    plot.classList.toggle('dragging', start.gesture !== 'brush');
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener('pointermove', (event) => {
    const at = pixel(event);
    if (start?.gesture === 'pan') actions.panFrom([start.pixel, at]);
    else if (start?.gesture === 'handle') actions.dragTo(at);
    else if (start !== null && Math.abs(at - start.pixel) > DRAG) actions.brush([start.pixel, at]);
    actions.moveTo(at);
  });
  plot.addEventListener('pointerup', (event) => {
    const from = start;
    finish();
    if (from?.gesture === 'brush' && Math.abs(pixel(event) - from.pixel) > DRAG) {
      actions.zoomTo([from.pixel, pixel(event)]);
    }
  });
  plot.addEventListener('pointercancel', finish);
  plot.addEventListener('pointerleave', () => actions.moveTo(null));
}

/** Whether something that lies on the plot takes the pointer itself: a sign, its card, a button with its text. */
function isOwn(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, .marker-card') !== null;
}

/** The wheel scrolls the page as anywhere else, unless the plot was chosen before or nothing can be scrolled. */
function onWheel(plot: HTMLElement, event: WheelEvent, actions: PlotActions): void {
  const page = document.scrollingElement;
  const scrolls = page !== null && page.scrollHeight > page.clientHeight + 1;
  const chosen = event.ctrlKey || event.metaKey || event.altKey || document.activeElement === plot;
  const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (!chosen && scrolls && !sideways) {
    actions.hintWheel();
    return;
  }
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
  if (sideways) {
    const delta = (event.deltaX || event.deltaY) * lines;
    actions.pan(delta / plot.clientWidth);
  } else {
    const delta = Math.max(-200, Math.min(200, event.deltaY * lines));
    const factor = Math.exp(delta * WHEEL * (event.ctrlKey ? PINCH : 1));
    actions.zoomBy(factor, event.clientX - plot.getBoundingClientRect().left);
  }
}

function onKey(event: KeyboardEvent, actions: PlotActions): boolean {
  const by = event.shiftKey ? FAST : 1;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => (event.altKey ? actions.pan(-KEY_PAN) : actions.walk(-by)),
    ArrowRight: () => (event.altKey ? actions.pan(KEY_PAN) : actions.walk(by)),
    PageUp: () => actions.pan(-KEY_PAN),
    PageDown: () => actions.pan(KEY_PAN),
    Home: () => actions.walk('first'),
    End: () => actions.walk('last'),
    '+': () => actions.zoomBy(KEY_ZOOM, null),
    '=': () => actions.zoomBy(KEY_ZOOM, null),
    '-': () => actions.zoomBy(1 / KEY_ZOOM, null),
    '0': actions.reset,
    Escape: actions.reset,
    c: actions.copy,
  };
  const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
  const modified = event.ctrlKey || event.metaKey;
  if (action === undefined || (modified && event.key !== 'c')) return false;
  action();
  return true;
}
