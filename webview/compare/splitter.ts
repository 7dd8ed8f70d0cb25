import { h, setAttr } from '../shared/dom';
import { SPLIT_RANGE } from './state';
import { texts } from './texts';

const STEP = 0.04;

/** The line between charts and table, moved by hand or by arrow keys. */
export class Splitter {
  readonly root = h('div', {
    class: 'splitter',
    attrs: {
      role: 'separator',
      tabindex: '0',
      'aria-orientation': 'horizontal',
      'aria-label': texts.chart.split,
      'aria-valuemin': percent(SPLIT_RANGE[0]),
      'aria-valuemax': percent(SPLIT_RANGE[1]),
    },
  });
  #split = 0;

  /** `move` takes the share of the height that the charts get. */
  constructor(readonly move: (split: number) => void) {
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.root.addEventListener('pointermove', (event) => {
      if (!this.root.hasPointerCapture(event.pointerId)) return;
      const box = this.root.parentElement!.getBoundingClientRect();
      this.#set((event.clientY - box.top) / box.height);
    });
    this.root.addEventListener('keydown', ({ key }) => {
      if (key === 'ArrowUp') this.#set(this.#split - STEP);
      if (key === 'ArrowDown') this.#set(this.#split + STEP);
    });
  }

  draw(split: number): void {
    this.#split = split;
    setAttr(this.root, 'aria-valuenow', percent(split));
    this.root.parentElement?.style.setProperty('--split', percent(split));
  }

  #set(split: number): void {
    this.move(Math.min(SPLIT_RANGE[1], Math.max(SPLIT_RANGE[0], split)));
  }
}

function percent(share: number): string {
  return `${Math.round(100 * share)}`;
}
