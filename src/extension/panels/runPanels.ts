import * as vscode from 'vscode';
import type { RunId } from '../../core/model';
import type { Background } from '../background';
import { RunPanel } from './runPanel';

export const RUN_PANEL = 'lossline.run';

/** All open run panels, one per run; restored after a reload of the window. */
export class RunPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #panels = new Set<RunPanel>();
  readonly #registration: vscode.Disposable;

  constructor(readonly background: Background) {
    this.#registration = vscode.window.registerWebviewPanelSerializer(RUN_PANEL, this);
  }

  get all(): RunPanel[] {
    return [...this.#panels];
  }

  /**
   * Shows a run beside the editor; a panel that shows it already comes to the front. `null` shows the run that changed
   * last, as soon as there is one: the page loads while runs are still looked for.
   */
  open(run: RunId | null): void {
    const existing = this.all.find((panel) => panel.run === run);
    if (existing !== undefined) {
      existing.panel.reveal(undefined, true);
      return;
    }
    const title = (run === null ? undefined : this.background.run(run)?.name) ?? 'Lossline';
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.#keep(new RunPanel(vscode.window.createWebviewPanel(RUN_PANEL, title, place), this.background, run));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const run = (state as { run?: unknown } | undefined)?.run;
    this.#keep(new RunPanel(panel, this.background, typeof run === 'string' && run !== '' ? run : null));
  }

  dispose(): void {
    this.#registration.dispose();
    for (const panel of this.#panels) panel.dispose();
  }

  #keep(panel: RunPanel): void {
    this.#panels.add(panel);
    panel.panel.onDidDispose(() => this.#panels.delete(panel));
  }
}
