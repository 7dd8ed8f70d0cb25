import { h, setHidden } from '../shared/dom';
import type { MapDrawing } from './mapDrawing';
import { texts } from './texts';

/** Fills the legend of a heat map: its colours with their ends, and what cells without a colour mean. */
export function drawLegend(root: HTMLElement, { legend }: MapDrawing): void {
  setHidden(root, legend === null);
  if (legend === null) return;
  const bar = h('span', { class: 'legend-bar' }, ...legend.stops.map(() => h('i')));
  legend.stops.forEach((stop, i) => {
    (bar.children[i] as HTMLElement).style.backgroundColor = stop;
  });
  const worse = (end: 'low' | 'high'): HTMLElement | null =>
    legend.worse === end ? h('span', { class: 'worse', text: texts.map.worse }) : null;
  const end = (name: 'low' | 'high'): HTMLElement =>
    h('span', { class: 'legend-end' }, worse(name), h('span', { text: legend[name] }));
  const middle = legend.middle === '' ? null : h('span', { class: 'legend-middle', text: legend.middle });
  root.replaceChildren(end('low'), h('span', { class: 'legend-scale' }, bar, middle ?? ''), end('high'), ...signs());
}

function signs(): HTMLElement[] {
  const sign = (state: string, text: string): HTMLElement =>
    h('span', { class: 'legend-sign' }, h('i', { class: 'sign', attrs: { 'data-state': state } }), text);
  return [sign('refused', texts.map.refused), sign('waiting', texts.map.waiting)];
}
