import { h, setAttr } from './dom';

/** More would hide what the curve does. */
export const MAX_SMOOTHING = 0.99;

/** Slider positions: equal steps of it double the length of the average. */
const POSITIONS = 20;
const DEPTH = Math.log2(1 / (1 - MAX_SMOOTHING));

/** A slider for the weight of the past in a smoothed curve, 0 to `MAX_SMOOTHING`. */
export class SmoothingSlider {
  readonly root = h('input', {
    id: 'smoothing',
    class: 'slider',
    attrs: { type: 'range', min: '0', max: String(POSITIONS), step: '1' },
  });

  constructor(onChange: (smoothing: number) => void) {
    this.root.addEventListener('input', () => onChange(fromPosition(Number(this.root.value))));
  }

  /** Shows a weight, and `text` to those who hear it. */
  show(smoothing: number, text: string): void {
    const position = String(toPosition(smoothing));
    if (this.root.value !== position) this.root.value = position;
    setAttr(this.root, 'aria-valuetext', text);
  }
}

/** Weight of the past at a slider position: 0, then 1 − 2^−x up to the greatest smoothing. */
export function fromPosition(position: number): number {
  if (position <= 0) return 0;
  return Math.min(MAX_SMOOTHING, Math.round((1 - 2 ** ((-DEPTH * position) / POSITIONS)) * 1000) / 1000);
}

/** The slider position that is nearest to a weight below 1. */
export function toPosition(smoothing: number): number {
  return Math.round((Math.log2(1 / (1 - smoothing)) / DEPTH) * POSITIONS);
}
