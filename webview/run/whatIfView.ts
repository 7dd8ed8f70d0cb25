import { messageOf } from '../../src/core/errors';
import { parseCount } from '../../src/core/report/parse';
import type { SimpleSchedule, WhatIfQuestion, WhatIfReply } from '../../src/protocol/panel';
import { button, h, section, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { texts } from '../shared/texts';
import type { DragHandle } from './navigation';
import type { RunData } from './runData';
import { CODE_KINDS, type CodeKind, scheduleCode } from './scheduleCode';
import { draftOf, readDraft, type WhatIfDraft, wordsOf } from './whatIfModel';

/** What the section asks of the panel. */
export interface WhatIfActions {
  ask(run: string, question: WhatIfQuestion): Promise<WhatIfReply>;
  copy(text: string): void;
  /** The answer to draw; `null` when there is none. */
  show(reply: WhatIfReply | null): void;
}

const HANDLES = ['decayStart', 'totalSteps'] as const;

const SHAPES: readonly SimpleSchedule['shape'][] = ['linear', '1-sqrt', 'cosine'];

type Key = keyof WhatIfDraft;

/** What if the rest of the run had another learning rate: five numbers, the best schedule, the value of stopping now. */
export class WhatIfView {
  readonly root: HTMLDetailsElement;
  readonly #meta: HTMLElement;
  readonly #inputs: Record<Key, HTMLInputElement | HTMLSelectElement>;
  readonly #slider = h('input', { class: 'slider', attrs: { type: 'range', step: '1' } });
  readonly #final = h('p', { class: 'what-if-final' });
  readonly #difference = h('p', { class: 'what-if-difference' });
  readonly #caution = h('p', { class: 'callout warning', hidden: true });
  readonly #stop = h('p', { class: 'hint' });
  readonly #error = h('p', { class: 'field-error', attrs: { role: 'alert' }, hidden: true });
  readonly #asks: Partial<Record<WhatIfQuestion['kind'], HTMLButtonElement>> = {};
  #question: WhatIfQuestion = { kind: 'plan' };
  #reply: WhatIfReply | null = null;
  #run: string | null = null;
  #forecast: unknown = null;
  /** One question is under way at most; the newest one waits for its answer. */
  #asking = false;
  #waiting = false;

  constructor(
    open: boolean,
    readonly actions: WhatIfActions,
    onToggle: (open: boolean) => void,
  ) {
    const toggled = (now: boolean): void => {
      onToggle(now);
      if (now) void this.#ask();
      else this.#take(null);
    };
    const { root, meta, body } = section({ id: 'what-if', title: texts.whatIf.title, open, onToggle: toggled });
    this.root = root;
    this.#meta = meta;
    this.#inputs = {
      rate: field(),
      totalSteps: field(),
      decayStart: field(),
      shape: h('select', { class: 'input' }, ...SHAPES.map((shape) => option(shape, texts.whatIf.shapes[shape]))),
      lowest: field(),
    };
    body.append(this.#form(), this.#answer(), this.#buttons());
  }

  /** Takes the state of the panel; asks again when the fit is another one. */
  update(data: RunData): void {
    const run = data.run?.summary.id ?? null;
    const forecast = data.forecast?.forecast ?? null;
    if (run !== this.#run) this.#question = { kind: 'plan' };
    const isNew = run !== this.#run || forecast !== this.#forecast;
    [this.#run, this.#forecast] = [run, forecast];
    setHidden(this.root, forecast === null || data.run?.summary.state === 'finished');
    if (isNew && this.root.open) void this.#ask();
  }

  /** Ends of the decay that can be dragged on the chart; none while the section is closed. */
  handles(): DragHandle[] {
    if (!this.root.open || this.#reply === null) return [];
    return HANDLES.flatMap((key) => {
      const step = parseCount(this.#inputs[key].value);
      return step === null ? [] : [{ key, step, label: texts.whatIf.handles[key] }];
    });
  }

  /** Takes a handle to a step. */
  drag(key: string, step: number): void {
    const handle = HANDLES.find((each) => each === key);
    if (handle === undefined || this.#reply === null) return;
    const { step: now } = this.#reply.now;
    const [start, end] = HANDLES.map((each) => parseCount(this.#inputs[each].value) ?? now);
    const [low, high] = handle === 'decayStart' ? [now, end!] : [Math.max(now + 1, start!), Number.POSITIVE_INFINITY];
    this.#inputs[handle].value = String(Math.round(Math.min(high, Math.max(low, step))));
    this.#edited();
  }

  #form(): HTMLElement {
    const row = (key: Key, ...more: HTMLElement[]): HTMLElement => {
      const input = this.#inputs[key];
      input.id = `what-if-${key}`;
      const label = h('label', { text: texts.whatIf.fields[key], attrs: { for: input.id } });
      return h('div', { class: 'what-if-field' }, label, input, ...more);
    };
    this.#slider.setAttribute('aria-label', texts.whatIf.fields.decayStart);
    this.#slider.addEventListener('input', () => {
      this.#inputs.decayStart.value = this.#slider.value;
      this.#edited();
    });
    for (const input of Object.values(this.#inputs)) input.addEventListener('input', () => this.#edited());
    const form = h(
      'form',
      { class: 'what-if-form', attrs: { 'aria-label': texts.whatIf.title, novalidate: '' } },
      row('rate'),
      row('totalSteps'),
      row('decayStart', this.#slider),
      row('shape'),
      row('lowest'),
    );
    form.addEventListener('submit', (event) => event.preventDefault());
    return form;
  }

  #answer(): HTMLElement {
    const live = h('div', { class: 'what-if-answer', attrs: { 'aria-live': 'polite' } }, this.#final, this.#difference);
    return h('div', {}, this.#error, live, this.#caution, this.#stop);
  }

  #buttons(): HTMLElement {
    const ask = (kind: 'best' | 'plan', question: () => WhatIfQuestion | null) => {
      const onClick = (): void => {
        this.#question = question() ?? this.#question;
        void this.#ask();
      };
      this.#asks[kind] = button({ label: texts.whatIf[kind], class: 'button toggle', onClick });
      return this.#asks[kind];
    };
    const copy = (kind: CodeKind) =>
      button({
        label: texts.whatIf.copy[kind],
        icon: icon('copy'),
        class: 'button',
        onClick: () => this.#reply && this.actions.copy(scheduleCode(kind, this.#reply, this.#simple())),
      });
    return h(
      'div',
      { class: 'what-if-buttons' },
      ask('best', () => {
        const read = this.#read();
        return read === null ? null : { kind: 'best', totalSteps: read.totalSteps, lowest: read.lowest };
      }),
      ask('plan', () => ({ kind: 'plan' })),
      h('span', { class: 'spacer' }),
      ...CODE_KINDS.map(copy),
    );
  }

  #edited(): void {
    const schedule = this.#read();
    if (schedule === null) return;
    this.#slider.value = String(schedule.decayStart);
    this.#question = { kind: 'schedule', ...schedule };
    void this.#ask();
  }

  /** The form as a schedule; shows what is wrong with it. */
  #read(): SimpleSchedule | null {
    if (this.#reply === null) return null;
    const draft = Object.fromEntries(
      Object.entries(this.#inputs).map(([key, { value }]) => [key, value]),
    ) as WhatIfDraft;
    const read = readDraft(draft, this.#reply.now.step);
    const wrong = 'error' in read ? read.field : null;
    for (const [key, input] of Object.entries(this.#inputs)) input.setAttribute('aria-invalid', String(key === wrong));
    this.#fail('error' in read ? read.error : '');
    return 'error' in read ? null : read.schedule;
  }

  /** The schedule of the answer in five numbers; `null` when only knots can say it. */
  #simple(): SimpleSchedule | null {
    if (this.#question.kind === 'best') return null;
    return this.#question.kind === 'schedule' ? this.#question : (this.#reply?.now.plan ?? null);
  }

  /** Asks the question; while one is under way only the newest is kept. */
  async #ask(): Promise<void> {
    if (this.#run === null || !this.root.open) return;
    this.#waiting = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    const [run, question] = [this.#run, this.#question];
    try {
      const reply = await this.actions.ask(run, question);
      if (run === this.#run && this.root.open) this.#take(reply);
    } catch (error) {
      this.#take(null);
      this.#fail(messageOf(error));
    } finally {
      this.#asking = false;
      if (this.#waiting) void this.#ask();
    }
  }

  #take(reply: WhatIfReply | null): void {
    this.#reply = reply;
    for (const [kind, asked] of Object.entries(this.#asks)) {
      setAttr(asked, 'aria-pressed', String(reply !== null && kind === this.#question.kind));
    }
    // What is drawn beside the forecast differs from it.
    this.actions.show(this.#question.kind === 'plan' ? null : reply);
    if (reply === null) {
      for (const part of [this.#final, this.#difference, this.#stop, this.#meta]) setText(part, '');
      setHidden(this.#caution, true);
      return;
    }
    const { final, difference, change, caution, stop } = wordsOf(reply);
    setText(this.#final, final);
    setText(this.#difference, difference);
    setText(this.#stop, stop);
    setText(this.#caution, caution);
    setHidden(this.#caution, caution === '');
    setText(this.#meta, change);
    this.#slider.min = String(Math.floor(reply.now.step));
    this.#slider.max = String(reply.finalStep);
    if (this.#question.kind === 'plan') this.#fill(reply.now.plan);
    this.#fail('');
  }

  #fill(schedule: SimpleSchedule): void {
    for (const [key, value] of Object.entries(draftOf(schedule))) this.#inputs[key as Key].value = value;
    this.#slider.value = String(schedule.decayStart);
  }

  #fail(message: string): void {
    setText(this.#error, message);
    setHidden(this.#error, message === '');
  }
}

function field(): HTMLInputElement {
  return h('input', { class: 'input number', attrs: { type: 'text', spellcheck: 'false', autocomplete: 'off' } });
}

function option(value: string, text: string): HTMLOptionElement {
  return h('option', { text, attrs: { value } });
}
