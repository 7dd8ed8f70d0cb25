import { parseCount } from '../../src/core/report/parse';
import type { SimpleSchedule } from '../../src/protocol/panel';
import { h, setText } from '../shared/dom';
import { texts } from '../shared/texts';
import { draftOf, fromSlider, readDraft, type SliderKey, sliderOf, type WhatIfDraft } from './whatIfModel';

type Key = keyof WhatIfDraft;

/** Where the fields stand on the page; a decay has its length beside its start. */
const NUMBERS: readonly SliderKey[] = ['rate', 'totalSteps', 'decayStart', 'decayLength', 'lowest'];
const SHAPES: readonly SimpleSchedule['shape'][] = ['linear', '1-sqrt', 'cosine'];

interface NumberField {
  readonly input: HTMLInputElement;
  readonly slider: HTMLInputElement;
}

/** The schedule as fields, each number with a slider. `onEdit` is given what can be read, after each letter and each move. */
export class WhatIfForm {
  readonly root: HTMLElement;
  readonly #numbers: Readonly<Record<SliderKey, NumberField>>;
  readonly #shape = h(
    'select',
    { class: 'input', id: 'what-if-shape' },
    ...SHAPES.map((shape) => h('option', { text: texts.whatIf.shapes[shape], attrs: { value: shape } })),
  );
  readonly #error = h('p', { class: 'field-error', attrs: { role: 'alert' }, hidden: true });
  /** Where the run stands, and its plan: what the sliders reach around. */
  #now: { readonly step: number; readonly plan: SimpleSchedule } | null = null;
  #schedule: SimpleSchedule | null = null;

  constructor(readonly onEdit: (schedule: SimpleSchedule) => void) {
    this.#numbers = Object.fromEntries(NUMBERS.map((key) => [key, this.#number(key)])) as Record<
      SliderKey,
      NumberField
    >;
    this.#shape.addEventListener('change', () => this.#edited(null));
    const fields = NUMBERS.map((key) => labelled(key, this.#numbers[key].input, this.#numbers[key].slider));
    fields.splice(fields.length - 1, 0, labelled('shape', this.#shape));
    this.root = h(
      'form',
      { class: 'what-if-form', attrs: { 'aria-label': texts.whatIf.title, novalidate: '' } },
      ...fields,
      this.#error,
    );
    this.root.addEventListener('submit', (event) => event.preventDefault());
    // What was typed beyond the limits is shown as it is taken.
    this.root.addEventListener('focusout', () => {
      if (this.#schedule !== null && this.#error.hidden) this.#fill(this.#schedule, null);
    });
  }

  /** The schedule in the fields, as far as they could be read last; `null` before the first. */
  get schedule(): SimpleSchedule | null {
    return this.#schedule;
  }

  /** Says where the run stands; fills the fields with `schedule`, unless it is `null`. */
  show(now: { readonly step: number; readonly plan: SimpleSchedule }, schedule: SimpleSchedule | null): void {
    this.#now = now;
    if (schedule !== null) {
      this.#schedule = schedule;
      this.#fill(schedule, null);
    } else if (this.#schedule !== null) this.#slide(this.#schedule);
    this.#fail('', null);
  }

  /** Takes one end of the decay to a step, within what is possible. */
  drag(key: 'decayStart' | 'totalSteps', step: number): void {
    if (this.#now === null || this.#schedule === null) return;
    const { totalSteps, decayStart } = this.#schedule;
    const low = key === 'decayStart' ? this.#now.step : Math.max(this.#now.step + 1, decayStart);
    const high = key === 'decayStart' ? totalSteps : Number.POSITIVE_INFINITY;
    this.#numbers[key].input.value = String(Math.round(Math.min(high, Math.max(low, step))));
    this.#edited(key);
  }

  #number(key: SliderKey): NumberField {
    const attrs = { type: 'text', spellcheck: 'false', autocomplete: 'off', inputmode: 'decimal' };
    const input = h('input', { class: 'input number', id: `what-if-${key}`, attrs });
    const slider = h('input', { class: 'slider', attrs: { type: 'range', 'aria-label': texts.whatIf.fields[key] } });
    input.addEventListener('input', () => this.#edited(key));
    slider.addEventListener('input', () => {
      if (this.#now === null || this.#schedule === null) return;
      input.value = fromSlider(key, Number(slider.value), this.#now, this.#schedule);
      this.#edited(key);
    });
    return { input, slider };
  }

  /** Reads the fields; those that follow from the edited one are written anew. */
  #edited(key: SliderKey | null): void {
    if (this.#now === null) return;
    const { totalSteps, decayStart, decayLength } = this.#numbers;
    const total = parseCount(totalSteps.input.value);
    const length = decayLength.input.value.trim() === '0' ? 0 : parseCount(decayLength.input.value);
    if (key === 'decayLength' && total !== null && length !== null) {
      decayStart.input.value = String(Math.max(0, total - length));
    }
    const read = readDraft(this.#draft(), this.#now.step);
    if ('error' in read) {
      this.#fail(read.error, read.field);
      return;
    }
    this.#schedule = read.schedule;
    this.#fail('', null);
    this.#fill(read.schedule, key);
    this.onEdit(read.schedule);
  }

  #draft(): WhatIfDraft {
    const { rate, totalSteps, decayStart, lowest } = this.#numbers;
    return {
      rate: rate.input.value,
      totalSteps: totalSteps.input.value,
      decayStart: decayStart.input.value,
      lowest: lowest.input.value,
      shape: this.#shape.value,
    };
  }

  /** Writes a schedule, except into the field that is being edited. */
  #fill(schedule: SimpleSchedule, edited: SliderKey | null): void {
    const draft = draftOf(schedule);
    for (const key of NUMBERS) if (key !== edited) this.#numbers[key].input.value = draft[key];
    this.#shape.value = draft.shape;
    this.#slide(schedule);
  }

  #slide(schedule: SimpleSchedule): void {
    if (this.#now === null) return;
    for (const key of NUMBERS) {
      const { min, max, value } = sliderOf(key, this.#now, schedule);
      const { slider } = this.#numbers[key];
      // A slider cannot hold a value beyond its ends: they come first.
      Object.assign(slider, { min: String(min), max: String(max), step: '1', value: String(value) });
      slider.setAttribute('aria-valuetext', this.#numbers[key].input.value);
    }
  }

  #fail(message: string, field: Key | null): void {
    for (const key of NUMBERS) this.#numbers[key].input.setAttribute('aria-invalid', String(key === field));
    setText(this.#error, message);
    this.#error.hidden = message === '';
  }
}

function labelled(key: SliderKey | 'shape', input: HTMLElement, ...more: HTMLElement[]): HTMLElement {
  const label = h('label', { text: texts.whatIf.fields[key], attrs: { for: input.id } });
  return h('div', { class: 'what-if-field' }, label, input, ...more);
}
