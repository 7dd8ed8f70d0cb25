import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { MAX_SMOOTHING, type UiState } from '../shared/state';
import { texts } from '../shared/texts';

export interface ToolbarActions {
  readonly setSmoothing: (value: number) => void;
  readonly toggle: (flag: 'logX' | 'logY' | 'wholeY') => void;
  readonly resetZoom: () => void;
  readonly savePng: () => void;
  readonly saveCsv: () => void;
  readonly toggleData: () => void;
}

/** Slider positions: equal steps of it double the length of the average. */
const POSITIONS = 20;

/** Everything that changes how the chart is drawn. */
export class ToolbarView {
  readonly root: HTMLElement;
  readonly #slider = h('input', {
    id: 'smoothing',
    class: 'slider',
    attrs: { type: 'range', min: '0', max: String(POSITIONS), step: '1' },
  });
  readonly #smoothing = h('output', { class: 'slider-value', attrs: { for: 'smoothing' } });
  readonly #flags: Readonly<Record<'logX' | 'logY' | 'wholeY', HTMLButtonElement>>;
  readonly #zoom: HTMLButtonElement;
  readonly #zoomText = h('span');
  readonly #data: HTMLButtonElement;

  constructor(actions: ToolbarActions) {
    const flag = (name: 'logX' | 'logY' | 'wholeY', label: string, title: string): HTMLButtonElement =>
      button({ label, title, class: 'button toggle', onClick: () => actions.toggle(name) });
    this.#flags = {
      logX: flag('logX', texts.toolbar.logX, texts.toolbar.logXTitle),
      logY: flag('logY', texts.toolbar.logY, texts.toolbar.logYTitle),
      wholeY: flag('wholeY', texts.toolbar.wholeY, texts.toolbar.wholeYTitle),
    };
    this.#slider.addEventListener('input', () => actions.setSmoothing(fromPosition(Number(this.#slider.value))));
    this.#zoom = h(
      'button',
      { class: 'button zoom-chip', title: texts.toolbar.resetZoom, attrs: { type: 'button' } },
      this.#zoomText,
      icon('close'),
    );
    this.#zoom.addEventListener('click', actions.resetZoom);
    const save = (label: string, title: string, name: 'image' | 'table', onClick: () => void): HTMLButtonElement =>
      button({ label, title, icon: icon(name), class: 'button quiet', onClick });
    this.#data = button({ label: texts.toolbar.data, class: 'button quiet', onClick: actions.toggleData });
    this.#data.setAttribute('aria-controls', 'data');
    this.root = h(
      'div',
      { class: 'toolbar' },
      h(
        'label',
        { class: 'slider-label' },
        h('span', { text: texts.toolbar.smoothing }),
        this.#slider,
        this.#smoothing,
      ),
      h('div', { class: 'group' }, this.#flags.logY, this.#flags.logX, this.#flags.wholeY),
      this.#zoom,
      h('span', { class: 'spacer' }),
      h(
        'div',
        { class: 'group' },
        this.#data,
        save(texts.toolbar.png, texts.toolbar.pngTitle, 'image', actions.savePng),
        save(texts.toolbar.csv, texts.toolbar.csvTitle, 'table', actions.saveCsv),
      ),
    );
  }

  update(ui: UiState, zoomText: string): void {
    const position = String(toPosition(ui.smoothing));
    if (this.#slider.value !== position) this.#slider.value = position;
    const text = ui.smoothing === 0 ? texts.toolbar.off : ui.smoothing.toFixed(2);
    setText(this.#smoothing, text);
    setAttr(this.#slider, 'aria-valuetext', text);
    for (const name of ['logX', 'logY', 'wholeY'] as const)
      setAttr(this.#flags[name], 'aria-pressed', String(ui[name]));
    setHidden(this.#zoom, ui.window === null);
    setText(this.#zoomText, zoomText);
    const open = ui.open.includes('data');
    setText(this.#data.querySelector('span')!, open ? texts.toolbar.hideData : texts.toolbar.data);
    setAttr(this.#data, 'aria-expanded', String(open));
  }
}

/** Weight of the past at a slider position: 0, then 1 − 2^−x up to the greatest smoothing. */
export function fromPosition(position: number): number {
  if (position <= 0) return 0;
  const depth = Math.log2(1 / (1 - MAX_SMOOTHING));
  return Math.min(MAX_SMOOTHING, Math.round((1 - 2 ** ((-depth * position) / POSITIONS)) * 1000) / 1000);
}

export function toPosition(smoothing: number): number {
  const depth = Math.log2(1 / (1 - MAX_SMOOTHING));
  return Math.round((Math.log2(1 / (1 - smoothing)) / depth) * POSITIONS);
}
