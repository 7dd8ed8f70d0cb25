import { messageOf } from '../../src/core/errors';
import type { ScheduleFamily } from '../../src/core/model';
import type { RunView } from '../../src/protocol/run';
import { button, h, setHidden, setText } from '../shared/dom';
import { texts } from '../shared/texts';
import { FORM_FAMILIES, type FormField, formFields, type PlanKey, readForm } from './planModel';
import { familyOption, type SetPlan } from './planView';

interface Field {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement | HTMLSelectElement;
  readonly error: HTMLElement;
}

/** Asks for what is missing in the plan, and for nothing else. */
export class FormView {
  readonly root: HTMLFormElement;
  readonly #why = h('p', { class: 'reason' });
  readonly #standIn = h('p', { class: 'hint stand-in' });
  readonly #slot = h('div', { class: 'form-fields' });
  readonly #error = h('p', { class: 'field-error', attrs: { role: 'alert' }, hidden: true });
  readonly #submit: HTMLButtonElement;
  readonly #fields = new Map<PlanKey, Field>();
  #family: ScheduleFamily = 'cosine';
  #run: RunView | null = null;
  #shown = '';

  constructor(readonly setPlan: SetPlan) {
    this.#submit = button({ label: texts.form.submit, class: 'button primary', onClick: () => undefined });
    this.#submit.type = 'submit';
    this.root = h(
      'form',
      { class: 'plan-form', attrs: { 'aria-label': texts.form.title, novalidate: '' } },
      h('h2', { class: 'form-title', text: texts.form.title }),
      this.#why,
      this.#slot,
      this.#error,
      h('div', { class: 'form-foot' }, this.#submit, h('span', { class: 'hint', text: texts.form.kept })),
      this.#standIn,
    );
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** `standIn`: what can be said without the answers. */
  update(run: RunView, standIn: string): void {
    this.#run = run;
    if (run.missing.length === 0) return;
    setText(this.#standIn, standIn);
    setText(this.#why, run.missing.length > 1 ? texts.form.both : texts.form[run.missing[0]!]);
    this.#draw();
  }

  #draw(): void {
    if (this.#run === null) return;
    const fields = formFields(this.#run, this.#family);
    const shown = fields.map(({ key }) => key).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement;
    this.#slot.replaceChildren(...fields.map((field) => this.#field(field).root));
    if (focused instanceof HTMLElement && this.#slot.contains(focused)) focused.focus();
  }

  /** A field keeps its input while others come and go with the schedule. */
  #field(field: FormField): Field {
    const known = this.#fields.get(field.key);
    if (known !== undefined) return known;
    const id = `form-${field.key}`;
    const hint = h('span', { class: 'hint', id: `${id}-hint`, text: field.hint });
    const error = h('span', { class: 'field-error', id: `${id}-error`, hidden: true });
    const attrs = { 'aria-describedby': `${id}-hint ${id}-error`, spellcheck: 'false', autocomplete: 'off' };
    const input =
      field.key === 'family'
        ? h('select', { class: 'input', id, attrs }, ...FORM_FAMILIES.map((family) => familyOption(family)))
        : h('input', { class: 'input', id, attrs: { ...attrs, type: 'text' } });
    if (field.key === 'family') {
      input.value = this.#family;
      input.addEventListener('change', () => {
        this.#family = input.value as ScheduleFamily;
        this.#draw();
      });
    }
    const label = h('label', { attrs: { for: id } }, texts.planParts[field.key]);
    if (!field.required) label.append(' ', h('span', { class: 'optional', text: texts.form.optional }));
    const made = { root: h('div', { class: 'field' }, label, input, hint, error), input, error };
    this.#fields.set(field.key, made);
    return made;
  }

  #send(): void {
    if (this.#run === null) return;
    const fields = formFields(this.#run, this.#family);
    const typed = Object.fromEntries(fields.map(({ key }) => [key, this.#fields.get(key)?.input.value ?? '']));
    const read = readForm(this.#run, fields, typed);
    const errors = 'errors' in read ? read.errors : {};
    let first: HTMLElement | null = null;
    for (const { key } of fields) {
      const field = this.#fields.get(key);
      if (field === undefined) continue;
      setText(field.error, errors[key] ?? '');
      setHidden(field.error, errors[key] === undefined);
      field.input.setAttribute('aria-invalid', String(errors[key] !== undefined));
      if (errors[key] !== undefined) first ??= field.input;
    }
    first?.focus();
    if ('facts' in read) void this.#save(read.facts);
  }

  async #save(facts: Parameters<SetPlan>[0]): Promise<void> {
    const label = this.#submit.querySelector('span')!;
    this.#submit.disabled = true;
    setText(label, texts.form.saving);
    setHidden(this.#error, true);
    try {
      await this.setPlan(facts);
    } catch (error) {
      setText(this.#error, messageOf(error));
      setHidden(this.#error, false);
    } finally {
      this.#submit.disabled = false;
      setText(label, texts.form.submit);
    }
  }
}
