import { messageOf } from '../../src/core/errors';
import type { SimpleSchedule, WhatIfQuestion, WhatIfReply } from '../../src/protocol/panel';
import { button, h, section, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { texts } from '../shared/texts';
import type { DragHandle } from './navigation';
import type { RunData } from './runData';
import { CODE_KINDS, type CodeKind, scheduleCode } from './scheduleCode';
import { WhatIfForm } from './whatIfForm';
import { wordsOf } from './whatIfModel';

/** What the section asks of the panel. */
export interface WhatIfActions {
  ask(run: string, question: WhatIfQuestion): Promise<WhatIfReply>;
  copy(text: string): void;
  /** The answer to draw; `null` when there is none. */
  show(reply: WhatIfReply | null): void;
}

const HANDLES = ['decayStart', 'totalSteps'] as const;

/** What if the rest of the run had another learning rate: five numbers, the best schedule, the value of stopping now. */
export class WhatIfView {
  readonly root: HTMLDetailsElement;
  readonly #meta: HTMLElement;
  readonly #form = new WhatIfForm((schedule) => {
    this.#question = { kind: 'schedule', ...schedule };
    void this.#ask();
  });
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
    body.append(this.#form.root, this.#answer(), this.#buttons());
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
    const { schedule } = this.#form;
    if (schedule === null) return [];
    return HANDLES.map((key) => ({ key, step: schedule[key], label: texts.whatIf.handles[key] }));
  }

  /** Takes a handle to a step. */
  drag(key: string, step: number): void {
    const handle = HANDLES.find((each) => each === key);
    if (handle !== undefined) this.#form.drag(handle, step);
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
        const { schedule } = this.#form;
        return schedule === null ? null : { kind: 'best', totalSteps: schedule.totalSteps, lowest: schedule.lowest };
      }),
      ask('plan', () => ({ kind: 'plan' })),
      h('span', { class: 'spacer' }),
      ...CODE_KINDS.map(copy),
    );
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
    this.#form.show(reply.now, this.#question.kind === 'plan' ? reply.now.plan : null);
    this.#fail('');
  }

  #fail(message: string): void {
    setText(this.#error, message);
    setHidden(this.#error, message === '');
  }
}
