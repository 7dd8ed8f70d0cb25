import { button, h, setAttr, setHidden } from '../shared/dom';
import { formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';
import { groupLabel, type Marker, type MarkerGroup } from './markersModel';

export interface MarkerActions {
  readonly show: (step: number) => void;
  readonly details: (warning: string) => void;
}

/** Markers of one card; the rest is counted. */
const MOST = 4;
/** Height of a sign in pixels, as in the style sheet. */
const SIGN = 24;

/** Signs over the plot that can be pointed at and reached with Tab; each opens a card that says what happened. */
export class MarkersView {
  readonly root = h('div', { class: 'markers', attrs: { role: 'group', 'aria-label': texts.markers.label } });
  readonly #card = h('div', { class: 'marker-card', hidden: true, id: 'marker-card', attrs: { role: 'note' } });
  readonly #buttons: HTMLButtonElement[] = [];
  #groups: readonly MarkerGroup[] = [];
  #open: { readonly step: number; readonly pinned: boolean } | null = null;

  constructor(readonly actions: MarkerActions) {
    this.root.append(this.#card);
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#open === null) return;
      event.stopPropagation();
      this.#close();
    });
    this.#card.addEventListener('pointerleave', () => this.#open?.pinned === false && this.#close());
    document.addEventListener('pointerdown', ({ target }) => {
      if (this.#open !== null && !this.root.contains(target as Node)) this.#close();
    });
  }

  /** Places the signs between `top` and `bottom`, pixels of the plot. */
  update(groups: readonly MarkerGroup[], { top, bottom }: { readonly top: number; readonly bottom: number }): void {
    this.#groups = groups;
    while (this.#buttons.length < groups.length) this.#add();
    for (const [index, sign] of this.#buttons.entries()) {
      const group = groups[index];
      setHidden(sign, group === undefined);
      if (group === undefined) continue;
      sign.style.left = `${Math.round(group.pixel)}px`;
      sign.style.top = `${Math.round(group.edge === 'upper' ? top : bottom - SIGN / 2)}px`;
      sign.dataset.kind = group.markers[0]!.kind;
      setAttr(sign, 'aria-label', groupLabel(group));
      setAttr(sign, 'aria-expanded', String(this.#isOpen(group)));
    }
    const open = groups.find((group) => this.#isOpen(group));
    if (open === undefined) setHidden(this.#card, true);
    else this.#place(open);
  }

  #isOpen({ markers }: MarkerGroup): boolean {
    return this.#open !== null && markers.some(({ step }) => step === this.#open!.step);
  }

  #add(): void {
    const index = this.#buttons.length;
    const sign = h('button', { class: 'marker', attrs: { type: 'button', 'aria-controls': 'marker-card' } });
    const open = (pinned: boolean) => () => this.#show(index, pinned);
    sign.addEventListener('click', open(true));
    sign.addEventListener('focus', open(true));
    sign.addEventListener('pointerenter', () => this.#open?.pinned !== true && this.#show(index, false));
    sign.addEventListener('pointerleave', ({ relatedTarget }) => {
      if (this.#open?.pinned === false && !this.#card.contains(relatedTarget as Node | null)) this.#close();
    });
    this.#buttons.push(sign);
    this.root.insertBefore(sign, this.#card);
  }

  #show(index: number, pinned: boolean): void {
    const group = this.#groups[index];
    if (group === undefined) return;
    this.#open = { step: group.markers[0]!.step, pinned };
    const rest = group.markers.length - MOST;
    const parts = group.markers.slice(0, MOST).map((marker) => this.#part(marker));
    this.#card.replaceChildren(...parts);
    if (rest > 0) this.#card.append(h('p', { class: 'hint', text: texts.markers.more(rest) }));
    this.#place(group);
    setAttr(this.#buttons[index]!, 'aria-expanded', 'true');
  }

  #part({ step, kind, title, text, warning }: Marker): HTMLElement {
    const more = button({
      label: texts.markers.details,
      class: 'button quiet',
      onClick: () => this.actions.details(warning!),
    });
    const zoom = button({ label: texts.warnings.show, class: 'button quiet', onClick: () => this.actions.show(step) });
    return h(
      'div',
      { class: `marker-part kind-${kind}` },
      h(
        'div',
        {},
        h('strong', { text: title }),
        ' ',
        h('span', { class: 'hint', text: texts.warnings.at(formatStep(step)) }),
      ),
      h('p', { text }),
      h('div', { class: 'marker-actions' }, zoom, warning === null ? null : more),
    );
  }

  /** Puts the card beside its sign, on the side where there is room. */
  #place(group: MarkerGroup): void {
    setHidden(this.#card, false);
    const { clientWidth: width } = this.root.parentElement!;
    const { offsetWidth, offsetHeight } = this.#card;
    const sign = this.#buttons[this.#groups.indexOf(group)]!;
    const { pixel, edge } = group;
    const top = sign.offsetTop + (edge === 'upper' ? SIGN : -offsetHeight);
    this.#card.style.left = `${Math.round(Math.max(4, Math.min(pixel - offsetWidth / 2, width - offsetWidth - 4)))}px`;
    this.#card.style.top = `${Math.round(top)}px`;
  }

  #close(): void {
    this.#open = null;
    setHidden(this.#card, true);
    for (const sign of this.#buttons) setAttr(sign, 'aria-expanded', 'false');
  }
}
