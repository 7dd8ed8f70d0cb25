import { h, setHidden, setText } from '../shared/dom';
import type { Session } from './session';
import type { TableModel } from './tableModel';
import { texts } from './texts';

/** The title, how many runs are shown, and how far their forecasts are. */
export class HeadView {
  readonly root: HTMLElement;
  readonly #title = h('h1');
  readonly #count = h('span', { class: 'hint' });
  readonly #progress = h('span', { class: 'hint progress-note' });
  readonly #bar = h('progress', { attrs: { 'aria-label': texts.counts.forecasts } });
  readonly #unranked = h('span', { class: 'hint' });
  readonly #notice = h('span', { class: 'hint notice', attrs: { role: 'status' } });

  constructor() {
    this.root = h(
      'header',
      { class: 'head-bar' },
      this.#title,
      this.#count,
      this.#progress,
      this.#bar,
      this.#unranked,
      h('span', { class: 'spacer' }),
      this.#notice,
    );
  }

  draw({ progress, standings }: Session, { shown, entries }: TableModel): void {
    setText(this.#title, entries.length === 1 ? texts.titleOne : texts.title(`${entries.length}`));
    const isPart = shown.length !== entries.length;
    const count = isPart ? texts.counts.shown(`${shown.length}`, `${entries.length}`) : '';
    setText(this.#count, entries.length === 1 ? texts.blank.oneHint : count);
    const isDone = progress.done >= progress.of;
    setHidden(this.#bar, isDone);
    setHidden(this.#progress, isDone);
    this.#bar.max = Math.max(1, progress.of);
    this.#bar.value = progress.done;
    setText(this.#progress, texts.counts.progress(`${progress.done}`, `${progress.of}`));
    const other = entries.filter(
      ({ row, standing }) => standing === null && row.end.finalLoss !== null && row.series !== standings.series,
    );
    const says = standings.series !== null && other.length > 0;
    setText(this.#unranked, says ? texts.counts.unranked(`${other.length}`, standings.series!) : '');
  }

  /** Says that something was done. */
  tell(text: string): void {
    setText(this.#notice, text);
  }
}
