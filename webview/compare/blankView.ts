import { button, h, setHidden } from '../shared/dom';
import { texts } from './texts';

/** Why there is no comparison. */
export type Blank = 'loading' | 'empty' | 'error';

/** What stands in place of a comparison that is not there. */
export class BlankView {
  readonly root = h('section', { class: 'blank', hidden: true });
  #shown = '';

  constructor(readonly retry: () => void) {}

  /** `reason` is told with an error. */
  show(what: Blank, reason: string): void {
    setHidden(this.root, false);
    const key = `${what} ${reason}`;
    if (this.#shown === key) return;
    this.#shown = key;
    const { loading, empty, emptyHint, error, retry } = texts.blank;
    if (what === 'loading') this.root.replaceChildren(h('p', { class: 'hint', text: loading }));
    else if (what === 'empty') this.root.replaceChildren(h('h1', { text: empty }), h('p', { text: emptyHint }));
    else {
      const again = button({ label: retry, class: 'button primary', onClick: this.retry });
      this.root.replaceChildren(h('h1', { text: error }), h('p', { class: 'reason', text: reason }), again);
    }
  }
}
