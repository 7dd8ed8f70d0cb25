/** What an element starts with. Text goes in as text: nothing from a log is ever parsed as markup. */
export interface Props {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly text?: string;
  readonly hidden?: boolean;
  readonly attrs?: Readonly<Record<string, string>>;
}

type Child = Node | string | null;

/** Makes an element with its children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.id) element.id = props.id;
  if (props.title) element.title = props.title;
  if (props.text !== undefined) element.textContent = props.text;
  if (props.hidden) element.hidden = true;
  for (const [name, value] of Object.entries(props.attrs ?? {})) element.setAttribute(name, value);
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

/** Writes text only when it differs, so that selections and live regions are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Writes an attribute only when it differs; `null` removes it. */
export function setAttr(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** A button with an icon, a text, or both; an icon alone is named by `label`. */
export function button(options: {
  readonly label: string;
  readonly onClick: () => void;
  readonly icon?: SVGElement;
  readonly class?: string;
  readonly title?: string;
  readonly iconOnly?: boolean;
}): HTMLButtonElement {
  const element = h('button', { class: options.class ?? 'button', attrs: { type: 'button' } });
  element.title = options.title ?? (options.iconOnly ? options.label : '');
  if (options.icon) element.append(options.icon);
  if (options.iconOnly) element.setAttribute('aria-label', options.label);
  else element.append(h('span', { text: options.label }));
  element.addEventListener('click', options.onClick);
  return element;
}

/** A collapsible part of the page that says when it is opened or closed. */
export function section(options: {
  readonly id: string;
  readonly title: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}): { root: HTMLDetailsElement; meta: HTMLElement; body: HTMLElement } {
  const meta = h('span', { class: 'section-meta' });
  const body = h('div', { class: 'section-body' });
  const heading = h('h2', { text: options.title });
  const root = h('details', { class: 'section', id: options.id }, h('summary', {}, heading, meta), body);
  root.open = options.open;
  root.addEventListener('toggle', () => options.onToggle(root.open));
  return { root, meta, body };
}
