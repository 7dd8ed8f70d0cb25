import type { WarningView } from '../../src/protocol/run';
import { button, h, section, setText } from '../shared/dom';
import { formatStep } from '../shared/numbers';
import { texts } from '../shared/texts';

/** What a person does about a warning. */
export interface WarningActions {
  /** `key`: the warning itself or its kind; `all`: in every run. */
  readonly mute: (key: string, all: boolean, muted: boolean) => void;
  readonly show: (step: number) => void;
}

/** The warnings of the run as cards, the newest first: evidence, meaning, what people do, and the paper. */
export class WarningsView {
  readonly root: HTMLDetailsElement;
  readonly #meta: HTMLElement;
  readonly #body: HTMLElement;
  #drawn = '';

  constructor(
    open: boolean,
    onToggle: (open: boolean) => void,
    readonly actions: WarningActions,
  ) {
    const { root, meta, body } = section({ id: 'warnings', title: texts.warnings.title, open, onToggle });
    this.root = root;
    this.#meta = meta;
    this.#body = body;
  }

  update(warnings: readonly WarningView[]): void {
    const key = JSON.stringify(warnings);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.root.hidden = warnings.length === 0;
    setText(this.#meta, countText(warnings));
    this.#body.replaceChildren(...warnings.toReversed().map((warning) => this.#card(warning)));
  }

  /** Opens the section at one card. */
  reveal(key: string): void {
    this.root.open = true;
    const card = this.#body.querySelector<HTMLElement>(`[data-warning="${CSS.escape(key)}"]`);
    card?.scrollIntoView({ block: 'nearest' });
    card?.focus({ preventScroll: true });
  }

  #card(warning: WarningView): HTMLElement {
    const { id, severity, step, title, evidence, meaning, advice, source, muteKey, muted } = warning;
    const words = texts.warnings;
    const head = h(
      'div',
      { class: 'warning-head' },
      h('span', { class: `badge severity-${severity}`, text: words.severities[severity] }),
      h('h3', { text: title }),
      h('span', { class: 'hint', text: words.at(formatStep(step)) }),
    );
    const actions = h(
      'div',
      { class: 'warning-actions' },
      button({ label: words.show, onClick: () => this.actions.show(step) }),
      button({
        label: muted ? words.unmute : words.mute,
        onClick: () => this.actions.mute(muteKey, false, !muted),
      }),
      muted ? null : button({ label: words.muteKind, onClick: () => this.actions.mute(id, true, true) }),
      muted ? button({ label: words.unmuteKind, onClick: () => this.actions.mute(id, true, false) }) : null,
    );
    return h(
      'article',
      { class: muted ? 'warning-card muted' : 'warning-card', attrs: { 'data-warning': muteKey, tabindex: '-1' } },
      head,
      h('p', { class: 'warning-evidence', text: evidence.text }),
      h('p', { text: meaning }),
      h('p', {}, h('strong', { text: words.advice }), ` ${advice}`),
      h('p', { class: 'hint', text: words.paper(source) }),
      actions,
    );
  }
}

function countText(warnings: readonly WarningView[]): string {
  const heard = warnings.filter(({ muted }) => !muted);
  const counts = (['error', 'warning', 'info'] as const satisfies readonly WarningView['severity'][]).flatMap(
    (severity) => {
      const count = heard.filter((each) => each.severity === severity).length;
      return count === 0 ? [] : [texts.warnings.count(count, severity)];
    },
  );
  const muted = warnings.length - heard.length;
  return [...counts, ...(muted > 0 ? [texts.warnings.muted(muted)] : [])].join(', ');
}
