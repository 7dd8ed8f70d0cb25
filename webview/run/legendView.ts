import { h, setAttr, setText } from '../shared/dom';
import { svgElement } from '../shared/icons';
import { texts } from '../shared/texts';
import type { LegendItem, Readout } from './readoutModel';

interface Entry {
  readonly root: HTMLElement;
  readonly label: HTMLElement;
  readonly value: HTMLElement;
}

/** The legend: names, switches and, under the crosshair, the value of every line. */
export class LegendView {
  readonly root = h('div', { class: 'legend', attrs: { role: 'group' } });
  readonly #step = h('span', { class: 'legend-value step-value' });
  readonly #unit = h('span', { class: 'legend-label' });
  readonly #entries = new Map<string, Entry>();

  constructor(readonly onToggle: (key: string) => void) {
    this.root.append(h('span', { class: 'legend-item legend-step' }, this.#unit, this.#step));
  }

  update({ step, place, items }: Readout, unit: string, hidden: ReadonlySet<string>): void {
    setText(this.#unit, unit);
    setText(this.#step, place === '' ? step : `${step} · ${place}`);
    const keys = new Set(items.map(({ key }) => key));
    for (const [key, { root }] of this.#entries) {
      if (keys.has(key)) continue;
      root.remove();
      this.#entries.delete(key);
    }
    items.forEach((item, index) => {
      const entry = this.#entries.get(item.key) ?? this.#add(item);
      if (this.root.children[index + 1] !== entry.root)
        this.root.insertBefore(entry.root, this.root.children[index + 1] ?? null);
      setText(entry.label, item.label);
      setText(entry.value, item.value);
      if (item.toggles) setAttr(entry.root, 'aria-pressed', String(!hidden.has(item.key)));
    });
  }

  #add(item: LegendItem): Entry {
    const label = h('span', { class: 'legend-label' });
    const value = h('span', { class: 'legend-value' });
    const children = [swatch(item), label, value];
    const root = item.toggles
      ? h(
          'button',
          { class: 'legend-item', attrs: { type: 'button' }, title: texts.legend.toggle(item.label) },
          ...children,
        )
      : h('span', { class: 'legend-item' }, ...children);
    root.dataset.key = item.key;
    if (item.toggles) root.addEventListener('click', () => this.onToggle(item.key));
    const entry = { root, label, value };
    this.#entries.set(item.key, entry);
    return entry;
  }
}

/** A small picture of the line, as it is drawn. */
export function swatch({ swatch: kind, role }: LegendItem): SVGElement {
  const svg = svgElement('svg', {
    viewBox: '0 0 22 12',
    width: '22',
    height: '12',
    class: `swatch role-${role}`,
    'aria-hidden': 'true',
  });
  const line = (attributes: Record<string, string>): void => {
    svg.append(svgElement('path', { d: 'M1 6h20', 'stroke-width': '2', ...attributes }));
  };
  if (kind === 'band') svg.append(svgElement('path', { d: 'M0 1h22v10H0z', class: 'swatch-band' }));
  if (kind === 'cross') {
    svg.append(svgElement('path', { d: 'M7.5 2.5l7 7M14.5 2.5l-7 7', 'stroke-width': '2', class: 'swatch-cross' }));
  } else if (kind === 'faint') line({ 'stroke-opacity': '0.45', 'stroke-width': '1.5' });
  else if (kind === 'solid') line({});
  else if (kind === 'diamond') line({ 'stroke-width': '1.5' });
  else line({ 'stroke-dasharray': '5 3' });
  if (kind === 'diamond') svg.append(svgElement('path', { d: 'M11 1.5L15.5 6 11 10.5 6.5 6z', class: 'swatch-fill' }));
  return svg;
}
