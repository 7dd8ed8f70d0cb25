import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, until } from '../lossline';

const PROGRAM = `import torch

model = torch.nn.Linear(2, 2)
model = torch.compile(model)
`;

suite('activation logger', () => {
  test('is put beside the program and attached to its model, and one undo takes both back', async () => {
    await activate();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const at = (name: string) => vscode.Uri.joinPath(folder!.uri, 'logger', name);
    await vscode.workspace.fs.writeFile(at('train.py'), Buffer.from(PROGRAM));
    const module = at('lossline_activations.py');
    const exists = (uri: vscode.Uri) => Promise.resolve(vscode.workspace.fs.stat(uri)).then(Boolean, () => false);
    await vscode.commands.executeCommand('lossline.activations.insertLogger', at('train.py'));
    const document = await vscode.workspace.openTextDocument(at('train.py'));
    assert.equal(
      document.getText(),
      PROGRAM.replace('torch\n\n', 'torch\nimport lossline_activations\n\n').replace(
        '(2, 2)\n',
        '(2, 2)\nactivations = lossline_activations.attach(model)\n',
      ),
    );
    const written = Buffer.from(await vscode.workspace.fs.readFile(module)).toString('utf8');
    assert.match(written, /^def attach\(/m);
    // The program is changed in the editor and not saved: that is left to the user.
    assert.equal(document.isDirty, true);
    await vscode.commands.executeCommand('undo');
    await until('the program as it was', () => (document.getText() === PROGRAM ? true : undefined));
    await until('no module', async () => ((await exists(module)) ? undefined : true));
  });
});
