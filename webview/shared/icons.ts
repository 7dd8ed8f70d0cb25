const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  edit: 'M10.8 2.7l2.5 2.5-7.6 7.6-3.2.7.7-3.2zM9.3 4.2l2.5 2.5',
  undo: 'M3 3.5v3.8h3.8M3.3 7A5 5 0 1 1 4.6 11.6',
  close: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.2l6.2 11.3H1.8zM8 6.5v3.4M8 11.6v.6',
  log: 'M3.5 1.8h6l3 3v9.4h-9zM9.3 1.8V5h3.2M5.5 8h5M5.5 10.8h5',
  image: 'M2 3h12v10H2zM2.3 11.3l3.4-3.6 2.8 2.8 2-1.8 3.2 3M10.8 6.1h.4',
  table: 'M2 3h12v10H2zM2 6.4h12M2 9.7h12M6.3 3v10',
  chart: 'M2 2v12h12M4.5 5c1 4.5 4 5.6 9 6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawn icon of 16 × 16 in the colour of the text; it says nothing to screen readers. */
export function icon(name: IconName): SVGElement {
  const svg = svgElement('svg', {
    viewBox: '0 0 16 16',
    width: '16',
    height: '16',
    class: 'icon',
    'aria-hidden': 'true',
  });
  svg.append(svgElement('path', { d: PATHS[name] }));
  return svg;
}

/** An element of the SVG namespace with its attributes. */
export function svgElement(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
