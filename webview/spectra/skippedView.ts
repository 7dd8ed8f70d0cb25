import type { CheckpointFacts } from '../../src/protocol/spectra';
import { h, section, setHidden, setText } from '../shared/dom';
import { texts } from './texts';

/** Tensors that are listed by name. */
const LISTED = 200;

/** What was not measured, and why. */
export class SkippedView {
  readonly root: HTMLElement;
  readonly #meta: HTMLElement;
  readonly #body = h('tbody');
  readonly #more = h('p', { class: 'hint' });

  constructor(open: boolean, onToggle: (open: boolean) => void) {
    const { root, meta, body } = section({ id: 'skipped', title: texts.skipped.title, open, onToggle });
    this.root = root;
    this.#meta = meta;
    const heads = [texts.skipped.tensor, texts.skipped.reason].map((text) =>
      h('th', { text, attrs: { scope: 'col' } }),
    );
    const table = h('table', {}, h('thead', {}, h('tr', {}, ...heads)), this.#body);
    body.append(
      h('div', { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': texts.skipped.title } }, table),
      this.#more,
    );
  }

  /** Shows what is known at the end of an analysis; nothing at all where there will be none. */
  update(facts: CheckpointFacts | undefined, running: boolean): void {
    const skipped = facts?.skipped ?? [];
    setHidden(this.root, skipped.length === 0 && !(facts === undefined && running));
    setText(this.#meta, facts === undefined ? texts.skipped.pending : texts.skipped.count(skipped.length));
    const rows = skipped
      .slice(0, LISTED)
      .map(({ name, reason }) =>
        h('tr', {}, h('th', { attrs: { scope: 'row' } }, h('code', { text: name })), h('td', { text: reason })),
      );
    this.#body.replaceChildren(...rows);
    setText(this.#more, skipped.length > LISTED ? texts.skipped.more(skipped.length - LISTED) : '');
  }
}
