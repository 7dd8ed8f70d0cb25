import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { texts } from '../shared/texts';
import type { Figure, HeaderModel } from './headerModel';

const COPIED_MS = 1500;
const FIGURES = 4;

export interface HeaderActions {
  readonly copyForecast: () => Promise<void>;
  readonly openLog: () => void;
}

/** Name, state, progress and the forecast. All parts exist from the start, so that nothing moves when they fill. */
export class HeaderView {
  readonly root: HTMLElement;
  /** Place of the form that asks for the plan; it takes the headline's place. */
  readonly formSlot = h('div', { class: 'form-slot', hidden: true });
  readonly #name = h('h1', { class: 'run-name' });
  readonly #chip = h('span', { class: 'chip' });
  readonly #format = h('span', { class: 'format' });
  readonly #bar = h('div', { class: 'progress-fill' });
  readonly #track = h(
    'div',
    { class: 'progress', attrs: { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' } },
    this.#bar,
  );
  readonly #progressText = h('span', { class: 'progress-text' });
  readonly #eta = h('span', { class: 'eta' });
  readonly #notice = h('p', { class: 'notice', hidden: true });
  readonly #title = h('h2', { class: 'figure-title' });
  readonly #value = h('span', { class: 'headline-value' });
  readonly #spread = h('span', { class: 'headline-spread' });
  readonly #number = h('div', { class: 'headline-number', id: 'forecast-value' }, this.#value, this.#spread);
  readonly #row = h('div', { class: 'headline-row' }, this.#number);
  readonly #sub = h('p', { class: 'figure-sub' });
  readonly #reason = h('p', { class: 'reason' });
  readonly #detail = h('p', { class: 'detail' });
  readonly #busy = h('span', { class: 'busy', text: texts.headline.fitting });
  readonly #copy: HTMLButtonElement;
  readonly #figures = Array.from({ length: FIGURES }, () => figureParts());
  readonly #board: HTMLElement;

  constructor(actions: HeaderActions) {
    this.#copy = this.#copyButton(actions);
    this.#row.append(this.#copy);
    const log = button({
      label: texts.header.openLog,
      icon: icon('log'),
      class: 'button quiet open-log',
      onClick: actions.openLog,
    });
    setAttr(log, 'aria-label', texts.header.openLog);
    log.title = texts.header.openLog;
    setAttr(this.#track, 'aria-label', texts.header.progress);
    const headline = h(
      'div',
      { class: 'headline' },
      h('div', { class: 'headline-top' }, this.#title, this.#busy),
      this.#reason,
      this.#row,
      this.#sub,
      this.#detail,
    );
    this.#board = h('div', { class: 'board' }, headline, ...this.#figures.map(({ root }) => root));
    this.root = h(
      'header',
      { class: 'header' },
      h('div', { class: 'title-row' }, this.#name, this.#chip, this.#format, h('span', { class: 'spacer' }), log),
      h('div', { class: 'progress-row' }, this.#track, this.#progressText, this.#eta),
      this.#notice,
      this.#board,
      this.formSlot,
    );
  }

  update(model: HeaderModel, notice: string): void {
    const { headline } = model;
    setText(this.#name, model.name);
    this.#name.title = model.name;
    setText(this.#chip, model.state.label);
    this.#chip.title = model.state.title;
    this.#chip.dataset.kind = model.state.key;
    setText(this.#format, model.guessed ? `${model.format} · ${texts.header.guessed}` : model.format);
    this.#format.title = model.guessed ? texts.header.guessedTitle : '';
    this.#progress(model);
    setText(this.#notice, notice || model.notice);
    setHidden(this.#notice, this.#notice.textContent === '');
    setHidden(this.#board, headline.kind === 'form');
    setHidden(this.formSlot, headline.kind !== 'form');
    this.#board.dataset.kind = headline.kind;
    this.#board.dataset.words = String(headline.reason !== '');
    setText(this.#title, headline.title);
    setText(this.#value, headline.value);
    setText(this.#spread, headline.spread);
    this.#number.classList.toggle('doubtful', headline.doubtful);
    setHidden(this.#row, headline.value === '' && headline.reason !== '');
    setText(this.#sub, headline.sub);
    setText(this.#reason, headline.reason);
    setHidden(this.#reason, headline.reason === '');
    setText(this.#detail, headline.detail);
    this.#busy.classList.toggle('on', model.fitting);
    setHidden(this.#copy, headline.spread === '' && headline.kind !== 'final');
    for (const [index, parts] of this.#figures.entries()) showFigure(parts, model.figures[index]);
  }

  #progress({ progress, progressText, etaText, state }: HeaderModel): void {
    const percent = Math.round((progress ?? 0) * 1000) / 10;
    this.#bar.style.width = `${percent}%`;
    this.#bar.dataset.kind = state.key;
    this.#track.classList.toggle('unknown', progress === null);
    setAttr(this.#track, 'aria-valuenow', progress === null ? null : String(Math.round(percent)));
    setAttr(this.#track, 'aria-valuetext', progressText);
    setText(this.#progressText, progressText);
    setText(this.#eta, etaText);
  }

  #copyButton({ copyForecast }: HeaderActions): HTMLButtonElement {
    const copy = button({
      label: texts.header.copy,
      icon: icon('copy'),
      iconOnly: true,
      class: 'button icon-button',
      onClick: () => {
        copyForecast().then(
          () => {
            copy.replaceChildren(icon('check'));
            copy.setAttribute('aria-label', texts.header.copied);
            setTimeout(() => {
              copy.replaceChildren(icon('copy'));
              copy.setAttribute('aria-label', texts.header.copy);
            }, COPIED_MS);
          },
          () => undefined,
        );
      },
    });
    return copy;
  }
}

interface FigureParts {
  readonly root: HTMLElement;
  readonly title: HTMLElement;
  readonly value: HTMLElement;
  readonly sub: HTMLElement;
}

function figureParts(): FigureParts {
  const title = h('h2', { class: 'figure-title' });
  const value = h('div', { class: 'figure-value' });
  const sub = h('p', { class: 'figure-sub' });
  return { root: h('div', { class: 'figure' }, title, value, sub), title, value, sub };
}

function showFigure(parts: FigureParts, figure: Figure | undefined): void {
  parts.root.classList.toggle('absent', figure === undefined);
  if (figure === undefined) return;
  setText(parts.title, figure.title);
  setText(parts.value, figure.value);
  setText(parts.sub, figure.sub);
}
