import { button, h, setText } from '../shared/dom';
import { texts } from '../shared/texts';

/** What stands in place of a run that is not there: an invitation, or a fault with a way out. */
export class BlankView {
  readonly root = h('section', { class: 'blank', hidden: true });
  #shown = '';

  constructor(readonly retry: () => void) {}

  showEmpty(): void {
    if (!this.#begin('empty')) return;
    const patterns = texts.empty.patterns.flatMap(([names, meaning]) => [
      h('dt', {}, h('code', { text: names })),
      h('dd', { text: meaning }),
    ]);
    this.root.append(
      emptyPicture(),
      h('h1', { text: texts.empty.title }),
      h('p', { text: texts.empty.text }),
      h('dl', { class: 'patterns' }, ...patterns),
      h('p', { class: 'hint', text: texts.empty.hint }),
    );
  }

  showError(message: string): void {
    if (!this.#begin(`error ${message}`)) return;
    const reason = h('p', { class: 'reason' });
    setText(reason, message);
    this.root.append(
      h('h1', { text: texts.error.title }),
      reason,
      button({ label: texts.error.retry, class: 'button primary', onClick: this.retry }),
    );
  }

  hide(): void {
    this.root.hidden = true;
  }

  #begin(what: string): boolean {
    this.root.hidden = false;
    if (this.#shown === what) return false;
    this.#shown = what;
    this.root.replaceChildren();
    return true;
  }
}

function emptyPicture(): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 160 72',
    width: '160',
    height: '72',
    class: 'blank-picture',
    'aria-hidden': 'true',
  })) {
    svg.setAttribute(name, value);
  }
  const path = (d: string, name: string): void => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    element.setAttribute('d', d);
    element.setAttribute('class', name);
    svg.append(element);
  };
  path('M88 47C110 53 132 57 152 59V69C132 65 110 59 88 49z', 'picture-band');
  path('M8 6C14 32 30 40 88 48', 'picture-line');
  path('M88 48C110 55 132 60 152 63', 'picture-dashed');
  path('M8 70H152', 'picture-axis');
  return svg;
}
