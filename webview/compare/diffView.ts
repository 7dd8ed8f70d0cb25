import { h, setHidden } from '../shared/dom';
import { configText } from './columns';
import { type DiffRow, diffOf } from './diff';
import type { Entry } from './entry';
import { planTexts, texts } from './texts';

/** Runs side by side beyond which nothing can be read. */
const MOST_RUNS = 12;

/** The hyperparameters of the selected runs side by side, those that differ first. */
export class DiffView {
  readonly root = h('div', {
    class: 'diff',
    hidden: true,
    attrs: { tabindex: '0', role: 'region', 'aria-label': texts.views.configs },
  });
  #shown = '';
  #showsSame = false;

  draw(entries: readonly Entry[]): void {
    const runs = entries.slice(0, MOST_RUNS);
    const rows = diffOf(runs);
    const key = JSON.stringify([runs.map(({ row }) => row.name), entries.length, rows, this.#showsSame]);
    if (key === this.#shown) return;
    this.#shown = key;
    if (runs.length < 2) {
      this.root.replaceChildren(h('p', { class: 'hint', text: texts.diff.none }));
      return;
    }
    if (rows.length === 0) {
      this.root.replaceChildren(h('p', { class: 'hint', text: texts.diff.noConfig }));
      return;
    }
    const different = rows.filter(({ isSame }) => !isSame);
    const same = rows.length - different.length;
    const heads = runs.map(({ row }) => h('th', { text: row.name, attrs: { scope: 'col' } }));
    const head = h('thead', {}, h('tr', {}, h('th', { text: texts.diff.key, attrs: { scope: 'col' } }), ...heads));
    const body = h('tbody', {}, ...(this.#showsSame ? rows : different).map(diffRow));
    this.root.replaceChildren(
      ...(entries.length > MOST_RUNS ? [h('p', { class: 'hint', text: texts.diff.capped(`${MOST_RUNS}`) })] : []),
      ...(different.length === 0 ? [h('p', { class: 'hint', text: texts.diff.allSame })] : []),
      h('table', {}, head, body),
      this.#sameSwitch(same, entries),
    );
  }

  #sameSwitch(count: number, entries: readonly Entry[]): HTMLElement {
    const input = h('input', { attrs: { type: 'checkbox' } });
    input.checked = this.#showsSame;
    input.addEventListener('change', () => {
      this.#showsSame = input.checked;
      this.draw(entries);
    });
    const label = h('label', { class: 'hint same-switch' }, input, h('span', { text: texts.diff.same(`${count}`) }));
    setHidden(label, count === 0);
    return label;
  }
}

function diffRow({ key, values, isSame }: DiffRow): HTMLElement {
  const label = Object.hasOwn(planTexts, key) ? planTexts[key]! : key;
  const cells = values.map((value) =>
    h('td', { text: configText(value), ...(value === undefined ? { class: 'unset' } : {}) }),
  );
  return h('tr', isSame ? { class: 'same' } : {}, h('th', { text: label, attrs: { scope: 'row' } }), ...cells);
}
