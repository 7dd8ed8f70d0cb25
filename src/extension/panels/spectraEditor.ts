import * as vscode from 'vscode';
import type { PanelSet } from './panelSet';
import type { SpectraPanel } from './spectraPanel';

/** View type of the editor that opens checkpoints, and of the one that is offered for files that may be others. */
const VIEW_TYPES = ['lossline.checkpoint', 'lossline.checkpointOption'];

/** Opens checkpoint files as their spectra: a read-only editor, because nothing of a checkpoint can be changed here. */
export class SpectraEditor implements vscode.CustomReadonlyEditorProvider, vscode.Disposable {
  readonly #registrations: readonly vscode.Disposable[];

  constructor(readonly panels: PanelSet<SpectraPanel>) {
    this.#registrations = VIEW_TYPES.map((type) => vscode.window.registerCustomEditorProvider(type, this));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, webview: vscode.WebviewPanel): void {
    // A click on a file is no wish for minutes of work.
    this.panels.adopt(webview, uri.fsPath).analyse = 'small';
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }
}
