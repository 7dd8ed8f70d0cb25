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
});
