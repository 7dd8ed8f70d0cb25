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
});
