import { messageOf } from '../../src/core/errors';
import type { ReportView } from '../../src/protocol/panel';
import { button, h, setHidden, setText } from '../shared/dom';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { backTestModel } from './backTestModel';
import { drawBackTest } from './backTestPlot';

export interface ReportActions {
  /** Has the report made; what comes is given to `update`. */
  readonly ask: (again: boolean) => Promise<void>;
  readonly save: (kind: 'markdown' | 'html') => void;
}

/** What the forecast would have said earlier in the run: a plot, the same as a table, and the report to take away. */
export class BackTestView {
  readonly root: HTMLElement;
  readonly #canvas = h('canvas', { class: 'residuals', attrs: { role: 'img', 'aria-label': texts.backTest.alt } });
  readonly #table = h('div', {
    class: 'scroll',
    attrs: { tabindex: '0', role: 'region', 'aria-label': texts.backTest.title },
  });
  readonly #note = h('p', { class: 'hint', attrs: { 'aria-live': 'polite' } });
  readonly #buttons: HTMLElement;
  #report: ReportView | null = null;
  #theme: Theme | null = null;
  #isAsking = false;

  constructor(readonly actions: ReportActions) {
    const { again, markdown, html } = texts.backTest;
    this.#buttons = h(
      'div',
      { class: 'warning-actions', hidden: true },
      button({ label: again, onClick: () => void this.#ask(true) }),
      button({ label: markdown, onClick: () => actions.save('markdown') }),
      button({ label: html, onClick: () => actions.save('html') }),
    );
    const title = h('h3', { text: texts.backTest.title });
    this.root = h('div', { class: 'back-test' }, title, this.#note, this.#canvas, this.#table, this.#buttons);
    setHidden(this.#canvas, true);
    new ResizeObserver(() => this.paint()).observe(this.#canvas);
  }

  update(report: ReportView | null, theme: Theme): void {
    const isNew = report !== this.#report;
    [this.#report, this.#theme] = [report, theme];
    if (isNew) this.#fill();
  }

  /** Draws the plot; asks for the report when the section is looked at for the first time. */
  paint(): void {
    if (this.#report === null) void this.#ask(false);
    else if (this.#theme !== null) drawBackTest(this.#canvas, backTestModel(this.#report), this.#theme);
  }

  #fill(): void {
    setHidden(this.#canvas, this.#report === null);
    setHidden(this.#buttons, this.#report === null);
    if (this.#report === null) {
      this.#table.replaceChildren();
      return;
    }
    const { heads, rows } = backTestModel(this.#report);
    const head = h('tr', {}, ...heads.map((text) => h('th', { text, attrs: { scope: 'col' } })));
    const lines = rows.map((row) => {
      const cells = row.map((text, index) =>
        index === 0 ? h('th', { text, attrs: { scope: 'row' } }) : h('td', { class: 'number', text }),
      );
      return h('tr', {}, ...cells);
    });
    this.#table.replaceChildren(h('table', {}, h('thead', {}, head), h('tbody', {}, ...lines)));
    this.paint();
  }

  async #ask(again: boolean): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    setText(this.#note, texts.backTest.running);
    try {
      await this.actions.ask(again);
      setText(this.#note, '');
    } catch (error) {
      setText(this.#note, messageOf(error));
    } finally {
      this.#isAsking = false;
    }
  }
}
