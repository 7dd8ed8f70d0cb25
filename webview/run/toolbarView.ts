import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { menuButton } from '../shared/menu';
import { formatFixed } from '../shared/numbers';
import { SmoothingSlider } from '../shared/smoothingSlider';
import type { AxisKind, UiState } from '../shared/state';
import { texts } from '../shared/texts';
import type { AxisChoice } from './stepAxis';

const FLAGS = ['logY', 'logX', 'wholeY'] as const;
type Flag = (typeof FLAGS)[number];

const EXPORTS = ['png', 'svg', 'csv', 'copy'] as const;
export type ExportKind = (typeof EXPORTS)[number];

export interface ToolbarActions {
  readonly setSmoothing: (value: number) => void;
  readonly setAxis: (kind: AxisKind) => void;
  readonly toggle: (flag: Flag) => void;
  readonly resetZoom: () => void;
  readonly save: (kind: ExportKind) => void;
  readonly toggleData: () => void;
}

/** Everything that changes how the chart is drawn. */
export class ToolbarView {
  readonly root: HTMLElement;
  readonly #slider: SmoothingSlider;
  readonly #smoothing = h('output', { class: 'slider-value', attrs: { for: 'smoothing' } });
  readonly #axis = h('select', {
    id: 'axis',
    class: 'input',
    attrs: { 'aria-label': texts.axes.label },
    title: texts.axes.label,
  });
  readonly #flags: Readonly<Record<Flag, HTMLButtonElement>>;
  readonly #zoom: HTMLButtonElement;
  readonly #zoomText = h('span');
  readonly #live = h('span', { class: 'zoom-live', text: texts.toolbar.live });
  readonly #data: HTMLButtonElement;

  /** `pickers` stand before the exports. */
  constructor(actions: ToolbarActions, pickers: readonly HTMLElement[]) {
    const flag = (name: Flag): HTMLButtonElement =>
      button({
        label: texts.toolbar[name],
        title: texts.toolbar[`${name}Title`],
        class: 'button toggle',
        onClick: () => actions.toggle(name),
      });
    this.#flags = { logX: flag('logX'), logY: flag('logY'), wholeY: flag('wholeY') };
    this.#slider = new SmoothingSlider(actions.setSmoothing);
    this.#axis.addEventListener('change', () => actions.setAxis(this.#axis.value as AxisKind));
    const attrs = { type: 'button' };
    this.#zoom = h('button', { class: 'button zoom-chip', attrs }, this.#zoomText, this.#live, icon('close'));
    this.#zoom.title = texts.toolbar.resetZoom;
    this.#zoom.addEventListener('click', actions.resetZoom);
    this.#data = button({ label: texts.toolbar.data, class: 'button quiet', onClick: actions.toggleData });
    this.#data.setAttribute('aria-controls', 'data');
    const trigger = button({
      label: texts.toolbar.export,
      icon: icon('image'),
      class: 'button quiet',
      onClick: () => undefined,
    });
    const items = EXPORTS.map((kind) => ({ label: texts.toolbar.exports[kind], onClick: () => actions.save(kind) }));
    this.root = h(
      'div',
      { class: 'toolbar', attrs: { role: 'group', 'aria-label': texts.toolbar.label } },
      h(
        'label',
        { class: 'slider-label' },
        h('span', { text: texts.toolbar.smoothing }),
        this.#slider.root,
        this.#smoothing,
      ),
      this.#axis,
      h('div', { class: 'group' }, ...FLAGS.map((name) => this.#flags[name])),
      this.#zoom,
      h('span', { class: 'spacer' }),
      h('div', { class: 'group' }, ...pickers, this.#data, menuButton(trigger, items)),
    );
  }

  update(
    ui: UiState,
    shown: { readonly zoom: string; readonly isLive: boolean; readonly axes: readonly AxisChoice[] },
  ): void {
    const text = ui.smoothing === 0 ? texts.toolbar.off : formatFixed(ui.smoothing, 2);
    setText(this.#smoothing, text);
    this.#slider.show(ui.smoothing, text);
    this.#chooseAxis(ui.axis, shown.axes);
    for (const name of FLAGS) setAttr(this.#flags[name], 'aria-pressed', String(ui[name]));
    setHidden(this.#zoom, ui.window === null);
    setText(this.#zoomText, shown.zoom);
    setHidden(this.#live, !shown.isLive);
    const open = ui.open.includes('data');
    setText(this.#data.querySelector('span')!, open ? texts.toolbar.hideData : texts.toolbar.data);
    setAttr(this.#data, 'aria-expanded', String(open));
  }

  /** An axis that the log cannot give stays in the list, with the reason. */
  #chooseAxis(kind: AxisKind, axes: readonly AxisChoice[]): void {
    for (const [index, { kind: value, label, missing }] of axes.entries()) {
      const option = this.#axis.options[index] ?? this.#axis.appendChild(h('option', { attrs: { value } }));
      setText(option, missing === '' ? label : `${label}: ${missing}`);
      if (option.disabled !== (missing !== '')) option.disabled = missing !== '';
    }
    const possible = axes.some((axis) => axis.kind === kind && axis.missing === '') ? kind : 'step';
    if (this.#axis.value !== possible) this.#axis.value = possible;
  }
}
