import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, openDocument, positionOf, until } from '../lossline';

suite('editor', () => {
  test('hover on the learning rate says something', async () => {
    await activate();
    const document = await openDocument('train.py');
    const position = positionOf(document, 'learning_rate =');
    const text = await until('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      const texts = hovers.flatMap((hover) =>
        hover.contents.map((part) => (typeof part === 'string' ? part : part.value)),
      );
      return texts.join('\n').trim() || undefined;
    });
    assert.match(text, /learning|rate|run|loss/i);
  });

  test('diagnostics can be read and a healthy file has no error', async () => {
    const document = await openDocument('train.py');
    const errors = vscode.languages
      .getDiagnostics(document.uri)
      .filter((each) => each.severity === vscode.DiagnosticSeverity.Error);
    assert.deepEqual(errors, []);
  });

  test('hover on another hyperparameter names the law and its paper', async () => {
    const document = await openDocument('train.py');
    const position = positionOf(document, 'weight_decay =');
    const text = await until('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.map((part) => (typeof part === 'string' ? part : part.value)).join('\n') || undefined;
    });
    assert.match(text, /Timescale of AdamW/);
    assert.match(text, /arxiv\.org\/abs\/2505\.13738/);
  });

  test('a lens over the configuration opens the run', async () => {
    const document = await openDocument('train.py');
    const lens = await until('a code lens', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      return lenses.find(({ command }) => command?.command === 'lossline.run.open');
    });
    assert.match(lens.command!.title, /^Lossline: .+/);
  });

  test('text at the ends of lines follows its setting', async () => {
    const document = await openDocument('train.py');
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const count = async (): Promise<number> => {
      const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        all,
      );
      return hints.length;
    };
    const setting = vscode.workspace.getConfiguration('lossline', document.uri);
    await setting.update('hints.inlay', 'all', vscode.ConfigurationTarget.Workspace);
    await until('hints on the lines', async () => ((await count()) >= 5 ? true : undefined));
    await setting.update('hints.inlay', 'off', vscode.ConfigurationTarget.Workspace);
    await until('no hints', async () => ((await count()) === 0 ? true : undefined));
    await setting.update('hints.inlay', undefined, vscode.ConfigurationTarget.Workspace);
  });

  test('in a notebook the cells know what the others set', async () => {
    await activate();
    const [folder] = vscode.workspace.workspaceFolders!;
    const uri = vscode.Uri.joinPath(folder!.uri, 'train.ipynb');
    const cell = (source: string) => ({
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: [source],
    });
    const metadata = { language_info: { name: 'python' } };
    const cells = [cell('import torch\nPEAK = 3e-4'), cell('opt = torch.optim.AdamW(ps, lr=PEAK)')];
    const content = JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const { document } = notebook.cellAt(1);
    const hover = await until('a hover in the second cell', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        positionOf(document, 'lr='),
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.map((part) => (typeof part === 'string' ? part : part.value)).join('\n') || undefined;
    });
    assert.match(hover, /`lr` = 3e-4/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(uri);
  });
});
