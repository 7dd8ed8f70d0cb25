import * as vscode from 'vscode';

/** Opens files as panels: read-only editors, because logs and checkpoints are written by their training alone. */
export class FileEditor implements vscode.CustomReadonlyEditorProvider, vscode.Disposable {
  readonly #registrations: readonly vscode.Disposable[];

  /** `viewTypes` are those of the manifest; `show` fills the tab of a file. */
  constructor(
    viewTypes: readonly string[],
    readonly show: (tab: vscode.WebviewPanel, path: string) => void,
  ) {
    this.#registrations = viewTypes.map((type) => vscode.window.registerCustomEditorProvider(type, this));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, tab: vscode.WebviewPanel): void {
    this.show(tab, uri.fsPath);
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }
}
