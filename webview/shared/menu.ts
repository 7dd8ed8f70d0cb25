import { h, setHidden } from './dom';

/** An entry of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly onClick: () => void;
}

/**
 * A button that opens a list of commands below it: arrow keys, Home and End walk it, Escape and a click elsewhere close it.
 * Source: WAI-ARIA Authoring Practices, menu button.
 */
export function menuButton(trigger: HTMLButtonElement, items: readonly MenuItem[]): HTMLElement {
  const entries = items.map(({ label, onClick }) => {
    const entry = h('button', {
      class: 'menu-item',
      text: label,
      attrs: { type: 'button', role: 'menuitem', tabindex: '-1' },
    });
    entry.addEventListener('click', () => {
      show(false);
      trigger.focus();
      onClick();
    });
    return entry;
  });
  const list = h('div', { class: 'popup menu', hidden: true, attrs: { role: 'menu' } }, ...entries);
  const root = h('div', { class: 'popup-anchor' }, trigger, list);
  trigger.setAttribute('aria-haspopup', 'menu');
  const show = (open: boolean): void => {
    setHidden(list, !open);
    trigger.setAttribute('aria-expanded', String(open));
  };
  show(false);
  trigger.addEventListener('click', () => {
    show(list.hidden === true);
    if (!list.hidden) entries[0]?.focus();
  });
  closeOutside(root, () => show(false));
  root.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const at = entries.indexOf(document.activeElement as HTMLButtonElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % entries.length,
      ArrowUp: (at - 1 + entries.length) % entries.length,
      Home: 0,
      End: entries.length - 1,
    };
    if (event.key === 'Escape') {
      show(false);
      trigger.focus();
    } else if (Object.hasOwn(moves, event.key)) entries[moves[event.key]!]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return root;
}

/** Calls `close` when the pointer or the focus goes elsewhere. */
export function closeOutside(root: HTMLElement, close: () => void): void {
  const outside = ({ target }: Event): void => {
    if (!root.contains(target as Node | null)) close();
  };
  document.addEventListener('pointerdown', outside);
  document.addEventListener('focusin', outside);
}
