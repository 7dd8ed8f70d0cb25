import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';

/** Python module that the command adds, as it lies in the package. */
const MODULE = 'lossline_activations';

/**
 * *Lossline: Insert Activation Logger*: adds `lossline_activations.py` beside a training program, and to the program the lines that
 * attach it where a model is constructed. One edit that one undo takes back; nothing is run. `argument` is a Python file of the explorer;
 * without it the file of the active editor, or one that the user chooses.
 */
export async function insertActivationLogger(background: Background, argument: unknown): Promise<void> {
  const program = argument instanceof vscode.Uri ? argument : await programToChange();
  if (program === undefined) return;
  try {
    const document = await vscode.workspace.openTextDocument(program);
    const place = await background.request<Params, Result>(protocol.ACTIVATIONS_PLACE, {
      text: document.getText(),
      module: MODULE,
    });
    const target = vscode.Uri.joinPath(program, `../${MODULE}.py`);
    const lines = place?.lines ?? [];
    if (!(await apply(background, document, target, lines))) return;
    await show(document, target, place);
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The logger could not be inserted: {0}', messageOf(error)));
  }
}

type Params = protocol.ActivationsPlace['params'];
type Result = protocol.ActivationsPlace['result'];

async function programToChange(): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'python' && document.uri.scheme === 'file') return document.uri;
  const chosen = await vscode.window.showOpenDialog({
    openLabel: vscode.l10n.t('Insert Logger'),
    title: vscode.l10n.t('Which program constructs the model?'),
    filters: { Python: ['py'] },
  });
  return chosen?.[0];
}

/** False when the editor refused. */
async function apply(
  background: Background,
  document: vscode.TextDocument,
  target: vscode.Uri,
  lines: readonly { readonly at: number; readonly text: string }[],
): Promise<boolean> {
  const source = vscode.Uri.joinPath(background.context.extensionUri, 'media', 'python', `${MODULE}.py`);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(target, { ignoreIfExists: true, contents: await vscode.workspace.fs.readFile(source) });
  for (const { at, text } of lines) edit.insert(document.uri, document.positionAt(at), text);
  return vscode.workspace.applyEdit(edit);
}

/** Shows what was inserted; without a place for it, the module, whose first lines say how it is attached. */
async function show(document: vscode.TextDocument, target: vscode.Uri, place: Result): Promise<void> {
  if (place === null) {
    await vscode.window.showTextDocument(target, { preview: false });
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No construction of a model was found: attach the logger as the first lines of the module say.'),
    );
    return;
  }
  const at = document.getText().indexOf(`${MODULE}.attach(`);
  const selection = document.lineAt(document.positionAt(Math.max(0, at)).line).range;
  await vscode.window.showTextDocument(document, { preview: false, selection });
}
