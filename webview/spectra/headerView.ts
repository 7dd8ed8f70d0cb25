import { button, h, setAttr, setHidden, setText } from '../shared/dom';
import { icon } from '../shared/icons';
import type { MatrixKey } from './data';
import type { Finding, Overview } from './overviewModel';
import { texts } from './texts';

/** Findings that the head names; the table has all. */
const NAMED = 3;

export interface HeaderActions {
  readonly cancel: () => void;
  readonly start: () => void;
  readonly choose: (key: MatrixKey) => void;
  readonly save: (format: 'csv' | 'json' | 'markdown') => void;
}

/** Name, state and progress of the checkpoint, what was counted, and the gravest findings. */
export class HeaderView {
  readonly root: HTMLElement;
  readonly #title = h('h1', { class: 'spectra-title' });
  readonly #state = h('span', { class: 'chip' });
  readonly #path = h('p', { class: 'hint path' });
  readonly #facts = h('p', { class: 'facts' });
  readonly #bar = h('div', {
    class: 'progress',
    attrs: { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' },
  });
  readonly #fill = h('div', { class: 'progress-fill' });
  readonly #progressText = h('span', { class: 'progress-text' });
  readonly #progress: HTMLElement;
  readonly #notice = h('div', { class: 'callout', hidden: true, attrs: { role: 'status' } });
  readonly #findings = h('ul', { class: 'top-findings' });

  constructor(readonly actions: HeaderActions) {
    const saver = (format: 'csv' | 'json' | 'markdown'): HTMLButtonElement =>
      button({
        label: texts.save[format],
        title: texts.save[`${format}Title`],
        class: 'button quiet',
        icon: icon(format === 'markdown' ? 'log' : 'table'),
        onClick: () => actions.save(format),
      });
    this.#bar.append(this.#fill);
    this.#bar.setAttribute('aria-label', texts.states.running);
    const cancel = button({
      label: texts.overview.cancel,
      class: 'button',
      icon: icon('close'),
      onClick: actions.cancel,
    });
    this.#progress = h('div', { class: 'progress-row', hidden: true }, this.#bar, this.#progressText, cancel);
    const savers = h('div', { class: 'group' }, saver('csv'), saver('json'), saver('markdown'));
    this.root = h(
      'header',
      { class: 'spectra-header' },
      h('div', { class: 'title-row' }, this.#title, this.#state, h('span', { class: 'spacer' }), savers),
      this.#path,
      this.#facts,
      this.#progress,
      this.#notice,
      this.#findings,
    );
  }

  update(overview: Overview): void {
    setText(this.#title, overview.title);
    setText(this.#state, texts.states[overview.state]);
    setAttr(this.#state, 'data-kind', overview.state);
    setText(this.#path, overview.path);
    setText(this.#facts, overview.facts.join(' · '));
    setHidden(this.#facts, overview.facts.length === 0);
    const { progress, notice } = overview;
    setHidden(this.#progress, progress === null);
    if (progress !== null) {
      const percent = String(Math.round(100 * progress.share));
      this.#fill.style.width = `${percent}%`;
      setAttr(this.#bar, 'aria-valuenow', percent);
      setText(this.#progressText, progress.text);
    }
    this.#drawNotice(notice);
    this.#drawFindings(overview.findings);
  }

  #drawNotice(notice: Overview['notice']): void {
    setHidden(this.#notice, notice === null);
    if (notice === null) return;
    const { action } = notice;
    const act =
      action && button({ label: texts.overview[action], class: 'button primary', onClick: this.actions.start });
    const where = notice.where === '' ? null : h('p', { class: 'hint path', text: notice.where });
    this.#notice.replaceChildren(icon('warning'), h('div', {}, h('p', { text: notice.text }), where ?? ''), act ?? '');
  }

  #drawFindings(findings: readonly Finding[]): void {
    setHidden(this.#findings, findings.length === 0);
    const items = findings.slice(0, NAMED).map((finding) => {
      const { severity, place, evidence } = finding;
      const go = h(
        'button',
        { class: 'finding-button', title: finding.advice, attrs: { type: 'button' } },
        h('span', { class: 'severity', text: texts.severities[severity] }),
        h('strong', { text: place }),
        h('span', { text: evidence }),
      );
      go.addEventListener('click', () => this.actions.choose(finding.key));
      return h('li', { attrs: { 'data-severity': severity } }, go);
    });
    const rest = findings.length - NAMED;
    if (rest > 0) items.push(h('li', { class: 'hint', text: texts.overview.more(rest) }));
    this.#findings.replaceChildren(...items);
  }
}
