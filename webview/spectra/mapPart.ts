import type { LayerKind } from '../../src/protocol/spectra';
import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import type { Card } from './card';
import type { MatrixKey } from './data';
import type { MapDrawing } from './mapDrawing';
import type { KindChoice, MapMode } from './mapModel';
import { MapView } from './mapView';
import { MEASURES, type Measure, type MeasureId } from './measures';
import { saveButtons } from './saveButtons';
import { texts } from './texts';

export interface MapPartActions {
  readonly setMeasure: (id: MeasureId) => void;
  readonly setMode: (mode: MapMode) => void;
  readonly setKind: (kind: KindChoice) => void;
  readonly choose: (key: MatrixKey) => void;
  readonly save: (as: 'png' | 'svg') => void;
}

/** The main heat map with its choices: measure, columns and kind of matrix. */
export class MapPart {
  readonly root: HTMLElement;
  readonly #measure = h('select', { id: 'measure', class: 'input' });
  readonly #kind = h('select', { id: 'kind', class: 'input' });
  readonly #kindLabel: HTMLElement;
  readonly #modes: Readonly<Record<MapMode, HTMLButtonElement>>;
  readonly #modeGroup: HTMLElement;
  readonly #help = h('p', { class: 'hint help' });
  readonly #map: MapView;
  #kinds = '';

  constructor(
    readonly actions: MapPartActions,
    card: Card,
  ) {
    this.#map = new MapView(card, actions.choose);
    this.#measure.append(...MEASURES.map(({ id, title }) => h('option', { text: title, attrs: { value: id } })));
    this.#measure.addEventListener('change', () => actions.setMeasure(this.#measure.value as MeasureId));
    this.#kind.addEventListener('change', () => actions.setKind(this.#kind.value as KindChoice));
    const mode = (name: MapMode): HTMLButtonElement =>
      button({ label: texts.map[name], class: 'button toggle', onClick: () => actions.setMode(name) });
    this.#modes = { kinds: mode('kinds'), steps: mode('steps') };
    this.#modeGroup = h('div', { class: 'group' }, this.#modes.kinds, this.#modes.steps);
    this.#kindLabel = h('label', { class: 'field-line' }, h('span', { text: texts.map.kind }), this.#kind);
    const head = h(
      'div',
      { class: 'part-head' },
      h('h2', { text: texts.map.title }),
      h('span', { class: 'spacer' }),
      ...saveButtons(actions.save),
    );
    const measure = h('label', { class: 'field-line' }, h('span', { text: texts.map.measure }), this.#measure);
    const tools = h('div', { class: 'map-tools' }, measure, this.#modeGroup, this.#kindLabel);
    const keys = h('p', { id: 'map-keys', class: 'sr-only', text: texts.map.keys });
    this.root = h(
      'section',
      { class: 'part map-part', attrs: { 'aria-label': texts.map.title } },
      head,
      tools,
      this.#help,
      this.#map.root,
      keys,
    );
  }

  update(
    drawing: MapDrawing,
    choice: {
      readonly measure: Measure;
      readonly mode: MapMode;
      readonly kind: KindChoice;
      readonly kinds: readonly LayerKind[];
      /** Whether there is more than one checkpoint. */
      readonly steps: boolean;
      readonly selected: MatrixKey | null;
    },
  ): void {
    const { measure, mode, kind, kinds, steps, selected } = choice;
    if (this.#measure.value !== measure.id) this.#measure.value = measure.id;
    setText(this.#help, measure.help);
    setHidden(this.#modeGroup, !steps);
    setHidden(this.#kindLabel, mode !== 'steps');
    for (const name of ['kinds', 'steps'] as const) setAttr(this.#modes[name], 'aria-pressed', String(mode === name));
    this.#fillKinds(kinds, kind);
    this.#map.update(drawing, { label: texts.map.label(measure.title, texts.map.columns[mode]), selected });
  }

  #fillKinds(kinds: readonly LayerKind[], chosen: KindChoice): void {
    const key = kinds.join();
    if (key !== this.#kinds) {
      this.#kinds = key;
      const options = kinds.map((kind) =>
        h('option', { text: `${texts.kinds[kind].short} – ${texts.kinds[kind].title}`, attrs: { value: kind } }),
      );
      this.#kind.replaceChildren(h('option', { text: texts.map.all, attrs: { value: 'all' } }), ...options);
    }
    if (this.#kind.value !== chosen) this.#kind.value = chosen;
  }
}
