import { h } from '../shared/dom';
import { swatch } from './legendView';
import { comparedAt, type Readout } from './readoutModel';

/** Pixels between the crosshair and the card. */
const GAP = 12;

/** Beside the pointer: the losses of all runs at the crosshair, the highest first, as their lines lie. */
export class HoverCard {
  // The legend and what is read out say the same.
  readonly root = h('div', { class: 'hover-card', hidden: true, attrs: { 'aria-hidden': 'true' } });
  #key = '';

  /** `x`: pixel of the crosshair within the plot of `width`; `null` hides the card. */
  show(readout: Readout, x: number | null, { width, top }: { readonly width: number; readonly top: number }): void {
    const rows = x === null ? [] : comparedAt(readout);
    this.root.hidden = rows.length === 0;
    if (x === null || rows.length === 0) return;
    const key = rows.map(({ key: name, value }) => `${name} ${value}`).join('\n');
    if (key !== this.#key) {
      const lines = rows.map((item) =>
        h(
          'div',
          { class: 'hover-row' },
          swatch(item),
          h('span', { class: 'hover-name', text: item.label }),
          h('span', { class: 'number', text: item.value }),
        ),
      );
      this.root.replaceChildren(...lines);
      this.#key = key;
    }
    const isLeft = x > width / 2;
    this.root.style.top = `${top + GAP}px`;
    this.root.style.left = isLeft ? '' : `${x + GAP}px`;
    this.root.style.right = isLeft ? `${width - x + GAP}px` : '';
  }
}
