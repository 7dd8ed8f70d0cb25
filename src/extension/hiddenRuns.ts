import * as vscode from 'vscode';
import type { RunId } from '../core/model';

/** Key of the hidden runs in the workspace state. */
const HIDDEN = 'lossline.hiddenRuns';

/** Runs that the user does not want to see: left out of the Runs view, the status bar and the notifications. */
export class HiddenRuns implements vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#didChange.event;
  readonly #ids: Set<RunId>;

  constructor(readonly state: vscode.Memento) {
    this.#ids = new Set(state.get<RunId[]>(HIDDEN) ?? []);
    this.#tell();
  }

  has(id: RunId): boolean {
    return this.#ids.has(id);
  }

  get ids(): readonly RunId[] {
    return [...this.#ids];
  }

  async hide(ids: readonly RunId[]): Promise<void> {
    for (const id of ids) this.#ids.add(id);
    await this.#keep();
  }

  async show(ids: readonly RunId[] = this.ids): Promise<void> {
    for (const id of ids) this.#ids.delete(id);
    await this.#keep();
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #keep(): Promise<void> {
    this.#tell();
    this.#didChange.fire();
    await this.state.update(HIDDEN, [...this.#ids]);
  }

  /** For the `when` clauses of the manifest. */
  #tell(): void {
    void vscode.commands.executeCommand('setContext', 'lossline.hasHiddenRuns', this.#ids.size > 0);
  }
}
