import * as vscode from 'vscode';
import type { Background } from '../background';
import { ComparePanel } from './comparePanel';
import type { Panel } from './panel';
import { RunPanel } from './runPanel';
import { SpectraPanel, spectraTitle } from './spectraPanel';

/** How one kind of panel is made and told apart. */
export interface PanelType<P extends Panel> {
  /** View type in the manifest. */
  readonly id: string;
  readonly make: (panel: vscode.WebviewPanel, background: Background, subject: string | null) => P;
  /** Title before the page has drawn. */
  readonly title: (background: Background, subject: string | null) => string;
  /** Name of the subject in what the page remembers over reloads. */
  readonly remembered: string;
  /** Where it opens; beside the editor unless given. */
  readonly column?: vscode.ViewColumn;
}

export const RUN_PANEL: PanelType<RunPanel> = {
  id: 'lossline.run',
  make: (panel, background, run) => new RunPanel(panel, background, run),
  title: (background, run) => (run === null ? undefined : background.run(run)?.name) ?? 'Lossline',
  remembered: 'run',
};

export const COMPARE_PANEL: PanelType<ComparePanel> = {
  id: 'lossline.compare',
  make: (panel, background, subject) => new ComparePanel(panel, background, subject),
  title: () => vscode.l10n.t('Compare Runs'),
  remembered: 'subject',
  column: vscode.ViewColumn.Active,
};

export const SPECTRA_PANEL: PanelType<SpectraPanel> = {
  id: 'lossline.spectra',
  make: (panel, background, path) => new SpectraPanel(panel, background, path ?? ''),
  title: (_, path) => spectraTitle(path ?? ''),
  remembered: 'path',
};

/** All open panels of one kind, one per subject; restored after a reload of the window. */
export class PanelSet<P extends Panel> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #panels = new Set<P>();
  readonly #registration: vscode.Disposable;

  constructor(
    readonly background: Background,
    readonly type: PanelType<P>,
  ) {
    this.#registration = vscode.window.registerWebviewPanelSerializer(type.id, this);
  }

  get all(): P[] {
    return [...this.#panels];
  }

  /**
   * Shows a subject beside the editor; a panel that shows it already comes to the front. `null` shows what the background
   * process chooses (the run that changed last) as soon as there is one: the page loads while runs are still looked for.
   */
  open(subject: string | null): void {
    const existing = this.all.find((panel) => panel.subject === subject);
    if (existing !== undefined) {
      existing.panel.reveal(undefined, true);
      return;
    }
    const place = { viewColumn: this.type.column ?? vscode.ViewColumn.Beside, preserveFocus: true };
    const title = this.type.title(this.background, subject);
    this.adopt(vscode.window.createWebviewPanel(this.type.id, title, place), subject);
  }

  /** Fills a webview that the editor made: a restored panel, or a custom editor. */
  adopt(webview: vscode.WebviewPanel, subject: string | null): P {
    const panel = this.type.make(webview, this.background, subject);
    this.#panels.add(panel);
    webview.onDidDispose(() => this.#panels.delete(panel));
    return panel;
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = (state as Record<string, unknown> | null | undefined)?.[this.type.remembered];
    this.adopt(panel, typeof subject === 'string' && subject !== '' ? subject : null);
  }

  dispose(): void {
    this.#registration.dispose();
    for (const panel of this.#panels) panel.dispose();
  }
}
