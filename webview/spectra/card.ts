import { h, setHidden } from '../shared/dom';

const GAP = 8;

/** A card beside what the pointer or the keys are on. It repeats what the element's label says, so it is not read out. */
export class Card {
  readonly root = h('div', { class: 'card', hidden: true, attrs: { 'aria-hidden': 'true' } });

  /** Shows lines beside a place in the window; the first line is the heading. */
  show(place: { left: number; right: number; top: number; bottom: number }, lines: readonly string[]): void {
    const [heading, ...rest] = lines;
    this.root.replaceChildren(
      h('div', { class: 'card-title', text: heading ?? '' }),
      ...rest.map((text) => h('div', { text })),
    );
    setHidden(this.root, false);
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const { clientWidth, clientHeight } = document.documentElement;
    const right = place.right + GAP;
    const left = right + width <= clientWidth - GAP ? right : place.left - GAP - width;
    const fits = left >= GAP;
    const below = place.bottom + GAP + height <= clientHeight ? place.bottom + GAP : place.top - GAP - height;
    const top = fits ? Math.min(place.top, clientHeight - height - GAP) : below;
    this.root.style.left = `${Math.round(fits ? left : Math.max(GAP, Math.min(place.left, clientWidth - width - GAP)))}px`;
    this.root.style.top = `${Math.round(Math.max(GAP, top))}px`;
  }

  hide(): void {
    setHidden(this.root, true);
  }
}
