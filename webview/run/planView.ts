import type { PlanFacts, ScheduleFamily } from '../../src/core/model';
import type { RunView } from '../../src/protocol/run';
import { button, h, section, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { texts } from '../shared/texts';
import {
  type PlanKey,
  type PlanRow,
  planKind,
  planMeta,
  planRows,
  readPart,
  userFacts,
  withoutFact,
} from './planModel';

/** Sends the user's word on the plan; rejects with the reason when it is not taken. */
export type SetPlan = (facts: PlanFacts | null) => Promise<void>;

/** The plan: what is known, from where, and how to correct it. */
export class PlanView {
  readonly root: HTMLElement;
  readonly #meta: HTMLElement;
  readonly #conflicts = h('div', { class: 'callout warning', hidden: true });
  readonly #rows = h('tbody');
  readonly #error = h('p', { class: 'field-error', attrs: { role: 'alert' }, hidden: true });
  readonly #reset: HTMLButtonElement;
  #run: RunView | null = null;
  #editing: PlanKey | null = null;
  #shown = '';

  constructor(
    open: boolean,
    readonly setPlan: SetPlan,
    onToggle: (open: boolean) => void,
  ) {
    const { root, meta, body } = section({ id: 'plan', title: texts.plan.title, open, onToggle });
    this.root = root;
    this.#meta = meta;
    this.#reset = button({
      label: texts.plan.reset,
      icon: icon('undo'),
      class: 'button',
      onClick: () => this.#send(null),
    });
    const heads = [texts.plan.part, texts.plan.value, texts.plan.source].map((text) =>
      h('th', { text, attrs: { scope: 'col' } }),
    );
    heads.push(h('td', { class: 'where' }), h('td'));
    const table = h('table', { class: 'plan-table' }, h('thead', {}, h('tr', {}, ...heads)), this.#rows);
    body.append(this.#conflicts, table, this.#error, this.#reset);
  }

  update(run: RunView): void {
    this.#run = run;
    setText(this.#meta, planMeta(run));
    const facts = Object.keys(userFacts(run)).length;
    setHidden(this.#reset, facts === 0);
    setHidden(this.#conflicts, run.conflicts.length === 0);
    const rows = planRows(run);
    const shown = JSON.stringify([rows, run.conflicts]);
    // An open editor keeps its text and focus while the run goes on.
    if (shown === this.#shown || this.#editing !== null) return;
    this.#shown = shown;
    this.#draw(rows);
    const list = h('ul', {}, ...run.conflicts.map((text) => h('li', { text })));
    this.#conflicts.replaceChildren(icon('warning'), h('div', {}, h('p', { text: texts.plan.conflicts }), list));
  }

  #draw(rows: readonly PlanRow[]): void {
    this.#rows.replaceChildren(...rows.map((row) => this.#row(row)));
  }

  #row(row: PlanRow): HTMLTableRowElement {
    const source =
      row.source === null
        ? null
        : h('span', {
            class: `badge source-${row.source.key}`,
            text: row.source.label,
            title: row.where || row.source.title,
          });
    const edit = button({
      label: texts.plan.edit(row.name),
      icon: icon('edit'),
      iconOnly: true,
      class: 'button icon-button',
      onClick: () => this.#edit(row, line),
    });
    const forget =
      row.source?.key === 'user'
        ? button({
            label: texts.plan.forget(row.name),
            icon: icon('undo'),
            iconOnly: true,
            class: 'button icon-button',
            onClick: () => this.#run && this.#send(withoutFact(userFacts(this.#run), row.key)),
          })
        : null;
    const line = h(
      'tr',
      {},
      h('th', { text: row.name, attrs: { scope: 'row' } }),
      h('td', { class: row.known ? 'number' : 'number unknown', text: row.value, title: row.where }),
      h('td', {}, source, row.confidence ? h('span', { class: 'confidence', text: row.confidence }) : null),
      h('td', { class: 'where', text: row.where }),
      h('td', { class: 'actions' }, forget, edit),
    );
    line.dataset.part = row.key;
    return line;
  }

  #edit(row: PlanRow, line: HTMLTableRowElement): void {
    this.#editing = row.key;
    const input = editorOf(row);
    const form = h('form', { class: 'edit-form' }, input);
    const done = (): void => {
      this.#editing = null;
      this.#shown = '';
      setHidden(this.#error, true);
      if (this.#run) this.update(this.#run);
      this.#rows.querySelector<HTMLElement>(`[data-part="${row.key}"] .actions button:last-child`)?.focus();
    };
    const save = button({ label: texts.plan.save, class: 'button primary', onClick: () => form.requestSubmit() });
    form.append(save, button({ label: texts.plan.cancel, class: 'button', onClick: done }));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#run === null) return;
      const read = readPart(row.key, input.value, this.#run);
      if ('error' in read) {
        this.#fail(read.error);
        input.setAttribute('aria-invalid', 'true');
        input.focus();
        return;
      }
      const facts = { ...userFacts(this.#run), [row.key]: read.value };
      done();
      this.#send(facts);
    });
    form.addEventListener('keydown', (event) => event.key === 'Escape' && done());
    line.replaceChildren(line.children[0]!, h('td', { attrs: { colspan: '4' } }, form));
    input.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  #send(facts: PlanFacts | null): void {
    setHidden(this.#error, true);
    this.setPlan(facts).catch((error: unknown) => this.#fail(error instanceof Error ? error.message : String(error)));
  }

  #fail(message: string): void {
    setText(this.#error, message);
    setHidden(this.#error, false);
  }
}

function editorOf(row: PlanRow): HTMLInputElement | HTMLSelectElement {
  const attrs = { 'aria-label': row.name, spellcheck: 'false', autocomplete: 'off' };
  if (planKind(row.key) !== 'family') {
    const input = h('input', { class: 'input', attrs: { ...attrs, type: 'text' } });
    input.value = row.draft;
    return input;
  }
  const families = (Object.keys(texts.families) as ScheduleFamily[]).filter((family) => family !== 'table');
  const select = h('select', { class: 'input', attrs }, ...families.map((family) => familyOption(family)));
  select.value = row.draft || 'cosine';
  return select;
}

/** An entry of a list of schedules. */
export function familyOption(family: ScheduleFamily): HTMLOptionElement {
  return h('option', { text: texts.families[family], attrs: { value: family } });
}
