import { h, setHidden } from '../shared/dom';
import { formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';
import { cellText, thinned, type ValueTable } from './tableModel';

/** Rows of the table on the page; the export has them all. */
const MAX_ROWS = 200;

/** The chart as a table. */
export class ValuesView {
  readonly root = h('section', {
    id: 'data',
    class: 'data',
    hidden: true,
    attrs: { 'aria-label': texts.toolbar.data },
  });

  show(table: ValueTable | null): void {
    setHidden(this.root, table === null);
    if (table === null) {
      this.root.replaceChildren();
      return;
    }
    if (table.rows.length === 0) {
      this.root.replaceChildren(h('p', { class: 'hint', text: texts.data.empty }));
      return;
    }
    const scrolled = this.root.querySelector('.scroll')?.scrollTop ?? 0;
    const box = tableBox(table, texts.data.caption);
    this.root.replaceChildren(box);
    box.scrollTop = scrolled;
  }
}

/** A table that scrolls, of at most `MAX_ROWS` rows; `caption` names how many of them all. */
export function tableBox(table: ValueTable, caption: (rows: string, all: string) => string): HTMLElement {
  const rows = thinned(table.rows, MAX_ROWS);
  const text = caption(formatStep(rows.length), formatStep(table.rows.length));
  const heads = table.columns.map((name) => h('th', { text: name, attrs: { scope: 'col' } }));
  const lines = rows.map((row) =>
    h('tr', {}, ...row.map((value, index) => cell(table.columns[index]!, value, index === 0))),
  );
  return h(
    'div',
    { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': text } },
    h('table', {}, h('caption', { text }), h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines)),
  );
}

function cell(column: string, value: number | null, isHead: boolean): HTMLElement {
  const text = cellText(column, value);
  return isHead ? h('th', { text, attrs: { scope: 'row' } }) : h('td', { class: 'number', text });
}
