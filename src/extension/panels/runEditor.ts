import * as vscode from 'vscode';
import type { PanelSet } from './panelSet';
import type { RunPanel } from './runPanel';

/** View type of the editor that opens binary logs, and of the one that is offered for text logs. */
const VIEW_TYPES = ['lossline.log', 'lossline.logOption'];

/** Opens logs as the panel of their run: a read-only editor, because a log is written by its training alone. */
export class RunEditor implements vscode.CustomReadonlyEditorProvider, vscode.Disposable {
  readonly #registrations: readonly vscode.Disposable[];

  constructor(readonly panels: PanelSet<RunPanel>) {
    this.#registrations = VIEW_TYPES.map((type) => vscode.window.registerCustomEditorProvider(type, this));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  /** The panel finds the run of the file itself and says in words when it is no log. */
  resolveCustomEditor(document: vscode.CustomDocument, webview: vscode.WebviewPanel): void {
    this.panels.adopt(webview, document.uri.fsPath);
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }
}
