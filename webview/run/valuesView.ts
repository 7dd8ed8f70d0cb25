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
    const rows = thinned(table.rows, MAX_ROWS);
    const caption = texts.data.caption(formatStep(rows.length), formatStep(table.rows.length));
    const heads = table.columns.map((text) => h('th', { text, attrs: { scope: 'col' } }));
    const lines = rows.map((row) =>
      h(
        'tr',
        {},
        ...row.map((value, index) => {
          const text = cellText(table.columns[index]!, value);
          return index === 0 ? h('th', { text, attrs: { scope: 'row' } }) : h('td', { class: 'number', text });
        }),
      ),
    );
    const scrolled = this.root.querySelector('.scroll')?.scrollTop ?? 0;
    const box = h(
      'div',
      { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': caption } },
      h('table', {}, h('caption', { text: caption }), h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines)),
    );
    this.root.replaceChildren(box);
    box.scrollTop = scrolled;
  }
}
