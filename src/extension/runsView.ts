import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import * as protocol from '../protocol/server';
import type { Background } from './background';
import { graveWarnings } from './format';
import { type RunNode, RunsTree } from './runsTree';
import { forgetSource, keepSource, keptSources } from './sources';

/** Milliseconds for which a word on what was done stands in the status bar. */
const SAID_MS = 5000;

/** The Runs view and what is done in it: filter, hide, rename, remove, copy paths. */
export class RunsView implements vscode.Disposable {
  readonly #tree: RunsTree;
  readonly #view: vscode.TreeView<RunNode>;
  readonly #disposables: vscode.Disposable[];

  constructor(readonly background: Background) {
    this.#tree = new RunsTree(background);
    const options = { treeDataProvider: this.#tree, showCollapseAll: false, canSelectMany: true };
    this.#view = vscode.window.createTreeView('lossline.runs', options);
    this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible) void this.look();
    });
    this.#disposables = [this.#view, this.#tree, background.onDidChange(() => this.#update()), ...this.#commands()];
    this.#tell();
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** The view is looked at: that asks for runs. */
  async look(): Promise<void> {
    await vscode.window.withProgress({ location: { viewId: 'lossline.runs' } }, () => this.background.ready());
    await this.background.followSources();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #commands(): vscode.Disposable[] {
    const register = (name: string, run: (node?: RunNode, nodes?: readonly RunNode[]) => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(`lossline.${name}`, run);
    return [
      register('runs.refresh', async () => {
        await this.background.scan();
        await this.background.followSources();
      }),
      register('runs.filter', () => this.#askFilter()),
      register('runs.clearFilter', () => this.#filterBy('')),
      register('runs.showHidden', () => this.#showHidden()),
      register('run.hide', (node, nodes) => this.#hide(this.#runs(node, nodes))),
      register('run.rename', (node) => this.#rename(this.#runs(node)[0])),
      register('run.remove', (node, nodes) => this.#remove(this.#runs(node, nodes))),
      register('run.copyPath', (node, nodes) =>
        vscode.env.clipboard.writeText(
          this.#runs(node, nodes)
            .flatMap(({ files }) => files)
            .join('\n'),
        ),
      ),
    ];
  }

  /** What a command is about: the selection it was called on, or by a key the one of the view. */
  #runs(node?: RunNode, nodes?: readonly RunNode[]): RunSummary[] {
    const chosen = nodes ?? (node === undefined ? this.#view.selection : [node]);
    return chosen.filter((each): each is RunSummary => 'id' in each);
  }

  #update(): void {
    this.#view.message = searchNote(this.background);
    this.#view.badge = warningBadge(this.background.shown);
  }

  async #askFilter(): Promise<void> {
    const filter = await vscode.window.showInputBox({
      prompt: vscode.l10n.t('Show only runs that have all of these words in name, state, format or path'),
      placeHolder: vscode.l10n.t('for example: live gpt'),
      value: this.#tree.filter,
    });
    if (filter !== undefined) this.#filterBy(filter.trim());
  }

  #filterBy(filter: string): void {
    this.#tree.filter = filter;
    this.#view.description = filter;
    this.#tell();
  }

  /** For the `when` clauses of the manifest. */
  #tell(): void {
    void vscode.commands.executeCommand('setContext', 'lossline.runsFiltered', this.#tree.filter !== '');
  }

  async #hide(runs: readonly RunSummary[]): Promise<void> {
    await this.background.hidden.hide(runs.map(({ id }) => id));
    const words = vscode.l10n.t('{0} hidden. Show Hidden Runs brings it back.', namesOf(runs));
    vscode.window.setStatusBarMessage(words, SAID_MS);
  }

  async #showHidden(): Promise<void> {
    const { hidden } = this.background;
    if (hidden.ids.length < 2) return hidden.show();
    const items = hidden.ids.map((id) => ({ label: this.background.run(id)?.name ?? id, id }));
    const placeHolder = vscode.l10n.t('Runs to show again');
    const chosen = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true });
    await hidden.show((chosen ?? []).map(({ id }) => id));
  }

  async #rename(run: RunSummary | undefined): Promise<void> {
    if (run === undefined) return;
    const name = await vscode.window.showInputBox({
      prompt: vscode.l10n.t('Name of the run here; nothing gives it back its own'),
      value: run.name,
    });
    if (name !== undefined) await this.background.setName(run.id, name.trim() === '' ? null : name.trim());
  }

  /** Files stay where they are, so that removing can be undone. */
  async #remove(runs: readonly RunSummary[]): Promise<void> {
    const kept = keptSources();
    for (const { id } of runs) {
      this.background.drop(id);
      await forgetSource(id);
      await this.background.request<protocol.RunsRemove['params'], null>(protocol.RUNS_REMOVE, { run: id });
    }
    if (runs.length > 0) void this.#offerUndo(runs, kept);
  }

  async #offerUndo(runs: readonly RunSummary[], kept: readonly string[]): Promise<void> {
    const undo = vscode.l10n.t('Undo');
    const words = vscode.l10n.t('{0} removed from the Runs view. Its files stay.', namesOf(runs));
    if ((await vscode.window.showInformationMessage(words, undo)) !== undo) return;
    for (const source of kept) await keepSource(source);
    for (const { id } of runs) await this.#restore(id);
  }

  async #restore(id: string): Promise<void> {
    const isFound = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(id)) !== undefined;
    await (isFound ? this.background.scan() : this.background.add(id));
  }
}

function namesOf(runs: readonly RunSummary[]): string {
  return runs.length === 1 ? runs[0]!.name : vscode.l10n.t('{0} runs', runs.length);
}

/** The number of runs that something is wrong with; nothing when there is none. */
function warningBadge(runs: readonly RunSummary[]): vscode.ViewBadge | undefined {
  const count = runs.filter((run) => run.state !== 'finished' && graveWarnings(run).length > 0).length;
  if (count === 0) return undefined;
  const tooltip = count === 1 ? vscode.l10n.t('1 run with warnings') : vscode.l10n.t('{0} runs with warnings', count);
  return { value: count, tooltip };
}

/** Above the runs: the search ended early, and why. What else was left out is in the log. */
function searchNote({ capped, skipped }: Background): string | undefined {
  const reason = skipped.at(-1)?.reason;
  return capped && reason !== undefined ? vscode.l10n.t('Some runs may be missing. {0}', reason) : undefined;
}
