import type { Issue } from '../../src/core/model';
import type { ForecastView, ReportView as ReportPart } from '../../src/protocol/panel';
import { h, section, setText } from '../shared/dom';
import { formatCompact, formatLoss } from '../shared/numbers';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { BackTestView, type ReportActions } from './backTestView';
import { issueRows, type ReportModel, reportModel } from './reportModel';
import { drawResiduals } from './residualPlot';
import { tableBox } from './valuesView';

/** How a forecast was made: everything a reader needs to judge it. */
export class ReportView {
  readonly root: HTMLDetailsElement;
  readonly #meta: HTMLElement;
  readonly #body: HTMLElement;
  readonly #canvas = h('canvas', { id: 'residuals', class: 'residuals', attrs: { role: 'img' } });
  #model: ReportModel | null = null;
  #view: ForecastView | null = null;
  #theme: Theme | null = null;

  readonly #backTest: BackTestView;

  constructor(open: boolean, actions: ReportActions, onToggle: (open: boolean) => void) {
    const toggled = (now: boolean): void => {
      onToggle(now);
      this.#paint();
    };
    this.#backTest = new BackTestView(actions);
    const { root, meta, body } = section({ id: 'report', title: texts.report.title, open, onToggle: toggled });
    this.root = root;
    this.#meta = meta;
    this.#body = body;
    new ResizeObserver(() => this.#paint()).observe(this.#canvas);
  }

  /** Takes a forecast; the page is built when it is looked at. */
  update(view: ForecastView, report: ReportPart | null, theme: Theme): void {
    this.#backTest.update(report, theme);
    const themed = theme !== this.#theme;
    this.#theme = theme;
    if (view.forecast !== this.#view?.forecast) {
      this.#view = view;
      this.#model = null;
      setText(this.#meta, view.forecast === null ? '' : texts.law(view.forecast.lawId));
    } else if (!themed) return;
    this.#paint();
  }

  #build(view: ForecastView): void {
    this.#model = reportModel(view);
    const none = [h('p', { class: 'hint', text: texts.report.none })];
    this.#body.replaceChildren(...(this.#model === null ? none : this.#parts(this.#model)));
  }

  #parts(model: ReportModel): HTMLElement[] {
    const facts = model.facts.flatMap(({ name, value }) => [h('dt', { text: name }), h('dd', { text: value })]);
    const sd = formatLoss(model.residuals.sd, 2);
    this.#canvas.setAttribute('aria-label', texts.report.residualsAlt(sd));
    const residuals = h('div', {}, h('h3', { text: texts.report.residuals }), this.#canvas, residualTable(model));
    const left = h('div', {}, h('dl', { class: 'facts' }, ...facts));
    const parts: HTMLElement[] = [h('div', { class: 'columns' }, left, residuals)];
    parts.push(this.#backTest.root);
    if (model.params.length > 0) parts.push(h('h3', { text: texts.report.parameters }), paramTable(model));
    if (model.notes.length > 0) parts.push(h('h3', { text: texts.report.notes }), list(model.notes));
    parts.push(h('h3', { text: texts.report.limits }), list(model.limits));
    return parts;
  }

  #paint(): void {
    if (this.#view === null || this.#theme === null || !this.root.open) return;
    if (this.#model === null) this.#build(this.#view);
    const model: ReportModel | null = this.#model;
    if (model !== null) {
      drawResiduals(this.#canvas, model.residuals, this.#theme);
      this.#backTest.paint();
    }
  }
}

/** The residuals as a table, made when it is unfolded. */
function residualTable({ residuals }: ReportModel): HTMLElement {
  const { steps, values } = residuals;
  const root = h('details', { class: 'twin' }, h('summary', { text: texts.toolbar.data }));
  const fill = (): void => {
    if (!root.open || root.childElementCount > 1) return;
    const rows = steps.map((step, index) => [step, values[index]!]);
    root.append(tableBox({ columns: ['step', 'residual'], rows }, texts.report.residualRows));
  };
  root.addEventListener('toggle', fill);
  return root;
}

function list(items: readonly string[]): HTMLElement {
  return h('ul', { class: 'plain-list' }, ...items.map((text) => h('li', { text })));
}

function paramTable({ params }: ReportModel): HTMLElement {
  const { parameter, value, interval, unit, from } = texts.report;
  const heads = [parameter, value, interval, unit, from].map((text) => h('th', { text, attrs: { scope: 'col' } }));
  const rows = params.map((row) =>
    h(
      'tr',
      {},
      h(
        'th',
        { attrs: { scope: 'row' } },
        h('span', { class: 'symbol', text: row.name }),
        h('span', { class: 'meaning', text: row.meaning }),
      ),
      h('td', { class: 'number', text: row.value }),
      h('td', { class: 'number', text: row.interval }),
      h('td', { text: row.unit }),
      h('td', {}, h('span', { class: row.identified ? 'badge' : 'badge source-inferred', text: row.from })),
    ),
  );
  const table = h('table', { class: 'param-table' }, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows));
  return h(
    'div',
    { class: 'scroll', attrs: { tabindex: '0', role: 'region', 'aria-label': texts.report.parameters } },
    table,
  );
}

/** What could not be read, or was read with a doubt. */
export class IssuesView {
  readonly root: HTMLDetailsElement;
  readonly #meta: HTMLElement;
  readonly #body: HTMLElement;
  #drawn: readonly Issue[] | null = null;

  constructor(open: boolean, onToggle: (open: boolean) => void) {
    const { root, meta, body } = section({ id: 'issues', title: texts.issues.title, open, onToggle });
    this.root = root;
    this.#meta = meta;
    this.#body = body;
  }

  /** `total`: issues of the run; only the newest of them are sent. */
  update(issues: readonly Issue[], total: number): void {
    if (issues === this.#drawn) return;
    this.#drawn = issues;
    setText(this.#meta, formatCompact(Math.max(total, issues.length)));
    this.root.hidden = issues.length === 0;
    const more = total - issues.length;
    const items = issueRows(issues).map(({ code, message, place, file }) =>
      h(
        'li',
        {},
        h('span', { class: 'issue-message', text: message }),
        h('span', { class: 'issue-place', text: `${place} · ${code}`, title: file }),
      ),
    );
    this.#body.replaceChildren(h('ul', { class: 'issue-list' }, ...items));
    if (more > 0) this.#body.append(h('p', { class: 'hint', text: texts.issues.more(formatCompact(more)) }));
  }
}
