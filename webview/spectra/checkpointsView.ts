import type { CheckpointView } from '../../src/protocol/spectra';
import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { formatBytes, formatStep } from '../shared/numbers';
import { type SpectraData, shortLabel } from './data';
import { texts } from './texts';

export interface CheckpointActions {
  readonly show: (path: string) => void;
  readonly start: (paths: readonly string[]) => void;
  readonly cancel: (paths: readonly string[]) => void;
}

const PENDING: readonly CheckpointView['state'][] = ['waiting', 'running'];

/** The checkpoints of the training in a row: which are measured, and which one is shown. */
export class CheckpointsView {
  readonly root: HTMLElement;
  readonly #list = h('div', { class: 'steps', attrs: { role: 'toolbar', 'aria-label': texts.checkpoints.title } });
  readonly #all: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #capped = h('span', { class: 'hint', text: texts.checkpoints.capped });
  #buttons: HTMLButtonElement[] = [];
  #data: SpectraData | null = null;

  constructor(readonly actions: CheckpointActions) {
    const paths = (states: readonly CheckpointView['state'][]): string[] =>
      (this.#data?.series() ?? []).filter(({ state }) => states.includes(state)).map(({ path }) => path);
    this.#all = button({ label: '', class: 'button', onClick: () => actions.start(paths(['idle', 'cancelled'])) });
    this.#cancel = button({
      label: texts.checkpoints.cancelAll,
      class: 'button quiet',
      onClick: () => actions.cancel(paths(PENDING)),
    });
    this.root = h('div', { class: 'checkpoints' }, this.#list, this.#all, this.#cancel, this.#capped);
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
  }

  update(data: SpectraData, shown: string): void {
    this.#data = data;
    const checkpoints = data.series();
    setHidden(this.root, checkpoints.length < 2);
    setHidden(this.#capped, !data.capped);
    while (this.#buttons.length < checkpoints.length) this.#buttons.push(this.#make(this.#buttons.length));
    if (this.#list.childElementCount !== checkpoints.length)
      this.#list.replaceChildren(...this.#buttons.slice(0, checkpoints.length));
    for (const [i, checkpoint] of checkpoints.entries()) paintButton(this.#buttons[i]!, checkpoint, shown);
    const left = checkpoints.filter(({ state }) => state === 'idle' || state === 'cancelled');
    const bytes = left.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
    setHidden(this.#all, left.length === 0);
    setText(
      this.#all.querySelector('span')!,
      texts.checkpoints.analyzeAll(left.length, bytes === 0 ? '' : formatBytes(bytes)),
    );
    setHidden(this.#cancel, checkpoints.filter(({ state }) => PENDING.includes(state)).length < 2);
  }

  #make(index: number): HTMLButtonElement {
    const element = button({
      label: '',
      class: 'step-button',
      onClick: () => {
        const checkpoint = this.#data?.series()[index];
        if (checkpoint !== undefined) this.actions.show(checkpoint.path);
      },
    });
    element.append(h('i', { class: 'step-fill', attrs: { 'aria-hidden': 'true' } }));
    return element;
  }

  #onKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.#buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (by === undefined || at < 0) return;
    event.preventDefault();
    this.#buttons[Math.max(0, Math.min(this.#buttons.length - 1, at + by))]?.focus();
  }
}

function paintButton(element: HTMLButtonElement, checkpoint: CheckpointView, shown: string): void {
  const { path, state, label, step, bytes, done } = checkpoint;
  const isShown = path === shown;
  setText(element.querySelector('span')!, shortLabel(checkpoint));
  const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
  const title = `${label}${step === null ? '' : `, ${texts.trend.step} ${formatStep(step)}`}${size}: ${texts.states[state]}`;
  setAttr(element, 'title', title);
  setAttr(element, 'data-state', state);
  setAttr(element, 'aria-label', texts.checkpoints.show(label, texts.states[state]));
  setAttr(element, 'aria-pressed', String(isShown));
  setAttr(element, 'tabindex', isShown ? '0' : '-1');
  const share = state === 'done' || state === 'failed' ? 1 : done.ofBytes > 0 ? done.bytes / done.ofBytes : 0;
  const { style } = element.querySelector<HTMLElement>('.step-fill')!;
  const width = `${Math.round(100 * share)}%`;
  if (style.width !== width) style.width = width;
}
