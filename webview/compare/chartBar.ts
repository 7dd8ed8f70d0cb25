import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import { SmoothingSlider } from '../shared/smoothingSlider';
import type { Colouring } from './colouring';
import { writeX } from './curvesChart';
import type { XAxis } from './curvesModel';
import { type UiState, VIEWS, type ViewName, X_AXES } from './state';
import { texts } from './texts';

/** What is chosen above the charts. */
export interface ChartBarActions {
  readonly change: (part: Partial<UiState>) => void;
  readonly savePng: () => void;
  readonly saveSvg: () => void;
}

/** What the bar offers and explains. */
export interface ChartBarModel {
  /** Columns that a scatter can have on its x-axis. */
  readonly scatter: readonly (readonly [id: string, label: string])[];
  /** Columns whose values colours can stand for. */
  readonly colours: readonly (readonly [id: string, label: string])[];
  readonly colouring: Colouring;
  readonly note: string;
}

const FLAGS = ['logX', 'logY', 'whole', 'forecasts'] as const;
type Flag = (typeof FLAGS)[number];

const FLAG_TEXTS: Readonly<Record<Flag, { label: string; title: string }>> = {
  logX: { label: texts.chart.logX, title: texts.chart.logXTitle },
  logY: { label: texts.chart.logY, title: texts.chart.logYTitle },
  whole: { label: texts.chart.whole, title: texts.chart.wholeTitle },
  forecasts: { label: texts.chart.bands, title: texts.chart.bandsTitle },
};

/** Choice of the chart, and of how it is drawn. */
export class ChartBar {
  readonly root: HTMLElement;
  readonly #tabs = new Map<ViewName, HTMLButtonElement>();
  readonly #axis: HTMLSelectElement;
  readonly #colour: HTMLSelectElement;
  readonly #samples = h('span', { class: 'samples hint' });
  readonly #scatter = h('select', { class: 'input', attrs: { 'aria-label': texts.chart.x } });
  readonly #flags: Readonly<Record<Flag, HTMLButtonElement>>;
  readonly #smoothing = new SmoothingSlider((smoothing) => this.actions.change({ smoothing }));
  readonly #smoothed: HTMLElement;
  readonly #window: HTMLButtonElement;
  readonly #note = h('span', { class: 'hint chart-note' });
  readonly #save: HTMLElement;

  constructor(readonly actions: ChartBarActions) {
    const tabs = h('div', { class: 'tabs', attrs: { role: 'tablist', 'aria-label': texts.views.label } });
    for (const name of VIEWS) {
      const tab = h('button', {
        class: 'tab',
        id: `tab-${name}`,
        text: texts.views[name],
        attrs: { type: 'button', role: 'tab', 'aria-controls': 'view' },
      });
      tab.addEventListener('click', () => actions.change({ view: name }));
      this.#tabs.set(name, tab);
      tabs.append(tab);
    }
    tabs.addEventListener('keydown', (event) => this.#walkTabs(event));
    this.#axis = select(
      texts.axis.label,
      X_AXES.map((name) => [name, texts.axis[name]]),
    );
    this.#axis.addEventListener('change', () => actions.change({ axis: this.#axis.value as XAxis, window: null }));
    this.#colour = select(texts.colour.label, []);
    this.#colour.addEventListener('change', () => actions.change({ colour: this.#colour.value || null }));
    this.#window = chip('', () => actions.change({ window: null }));
    this.#window.title = texts.chart.wholeAxis;
    this.#scatter.addEventListener('change', () => actions.change({ scatter: this.#scatter.value }));
    const flag = (name: Flag): HTMLButtonElement =>
      button({
        ...FLAG_TEXTS[name],
        class: 'button toggle',
        onClick: () => actions.change({ [name]: this.#flags[name].getAttribute('aria-pressed') !== 'true' }),
      });
    this.#flags = { logX: flag('logX'), logY: flag('logY'), whole: flag('whole'), forecasts: flag('forecasts') };
    this.#smoothed = h(
      'label',
      { class: 'slider-label' },
      h('span', { text: texts.chart.smoothing }),
      this.#smoothing.root,
    );
    this.#save = h(
      'span',
      { class: 'bar-group' },
      this.#saveButton('png', actions.savePng),
      this.#saveButton('svg', actions.saveSvg),
    );
    this.root = h(
      'div',
      { class: 'bar chart-bar' },
      tabs,
      this.#axis,
      this.#scatter,
      this.#colour,
      this.#samples,
      ...Object.values(this.#flags),
      this.#smoothed,
      this.#window,
      this.#note,
      h('span', { class: 'spacer' }),
      this.#save,
    );
  }

  draw(ui: UiState, { scatter: choices, colours, colouring, note }: ChartBarModel): void {
    const isCurves = ui.view === 'curves' || ui.view === 'multiples';
    for (const [name, tab] of this.#tabs) {
      setAttr(tab, 'aria-selected', String(name === ui.view));
      tab.tabIndex = name === ui.view ? 0 : -1;
    }
    setHidden(this.#axis, !isCurves);
    setHidden(this.#smoothed, !isCurves);
    setHidden(this.#colour, !isCurves || colours.length === 0);
    fill(this.#colour, [['', texts.colour.run], ...colours], ui.colour ?? '');
    setHidden(this.#samples, !isCurves);
    this.#drawSamples(colouring);
    setHidden(this.#window, !isCurves || ui.window === null);
    const ends = ui.window?.map((end) => writeX(ui.axis, end)) ?? [];
    setText(this.#window.firstElementChild!, ends.join(' – '));
    setHidden(this.#scatter, ui.view !== 'scatter' || choices.length === 0);
    setHidden(this.#save, ui.view === 'configs');
    if (this.#axis.value !== ui.axis) this.#axis.value = ui.axis;
    for (const name of FLAGS) {
      setHidden(this.#flags[name], !isCurves);
      setAttr(this.#flags[name], 'aria-pressed', String(ui[name]));
    }
    this.#smoothing.show(ui.smoothing, ui.smoothing === 0 ? texts.chart.unsmoothed : ui.smoothing.toFixed(2));
    fill(this.#scatter, choices, ui.scatter);
    setText(this.#note, note);
  }

  #drawSamples({ samples, isRamp }: Colouring): void {
    const key = JSON.stringify([samples, isRamp]);
    if (this.#samples.dataset.key === key) return;
    this.#samples.dataset.key = key;
    const parts = samples.map(({ colour, text }) => {
      const swatch = h('i', { class: 'swatch' });
      swatch.style.backgroundColor = colour;
      return h('span', { class: 'sample' }, swatch, text);
    });
    this.#samples.replaceChildren(...(isRamp ? parts.flatMap((part, i) => (i === 0 ? [part] : ['…', part])) : parts));
  }

  #saveButton(kind: 'png' | 'svg', onClick: () => void): HTMLButtonElement {
    return button({
      label: texts.chart[kind],
      title: texts.chart[`${kind}Title`],
      class: 'button quiet',
      onClick,
    });
  }

  #walkTabs(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = VIEWS.findIndex((name) => this.#tabs.get(name) === event.target);
    const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length]!;
    this.actions.change({ view: next });
    this.#tabs.get(next)!.focus();
    event.preventDefault();
  }
}

/** A word on what is chosen, which takes the choice back. */
export function chip(label: string, onClick: () => void): HTMLButtonElement {
  const text = h('span', { text: label });
  const made = h('button', { class: 'button chip', hidden: true, attrs: { type: 'button' } }, text, icon('close'));
  made.addEventListener('click', onClick);
  return made;
}

/** A choice with a name for those who do not see it. */
export function select(label: string, choices: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  return h('select', { class: 'input', title: label, attrs: { 'aria-label': label } }, ...options(choices));
}

/** Gives a choice its entries and what is chosen of them, where they have changed; `null` leaves the choice as it is. */
export function fill(
  choice: HTMLSelectElement,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string | null,
): void {
  const key = JSON.stringify(choices);
  if (choice.dataset.key !== key) {
    choice.dataset.key = key;
    choice.replaceChildren(...options(choices));
  }
  if (chosen !== null && choice.value !== chosen) choice.value = chosen;
}

/** The entries of a choice. */
export function options(choices: readonly (readonly [value: string, text: string])[]): HTMLOptionElement[] {
  return choices.map(([value, text]) => h('option', { text, attrs: { value } }));
}
