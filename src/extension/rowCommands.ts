import * as vscode from 'vscode';

/**
 * Commands of the rows of a tree. The editor forgets the arguments of a row's command when the row is drawn anew, and a
 * click or Enter that meets that moment is lost. So each row has a command of its own without arguments, which is kept for
 * as long as the tree: a row that is gone may come back.
 */
export class RowCommands implements vscode.Disposable {
  readonly #registered = new Map<string, vscode.Disposable>();

  /** What a row does when it is opened: `command` with `argument`. `row` tells the row from others of the tree. */
  of(row: string, title: string, command: string, argument: unknown): vscode.Command {
    // Names that begin like this are in no list of commands that a person is shown.
    const own = `_lossline.row:${row}`;
    if (!this.#registered.has(own)) {
      const run = (): Thenable<unknown> => vscode.commands.executeCommand(command, argument);
      this.#registered.set(own, vscode.commands.registerCommand(own, run));
    }
    return { command: own, title };
  }

  dispose(): void {
    for (const registered of this.#registered.values()) registered.dispose();
  }
}
