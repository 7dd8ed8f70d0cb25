import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, openDocument, until } from '../lossline';

/** Long enough for anything that a start or an opened file sets off. */
const SETTLE_MS = 1500;

suite('a workspace without runs', () => {
  test('no background process is started by activation or by a file', async () => {
    const lossline = await activate();
    await openDocument('notes.md');
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    assert.equal(lossline.clientStarted(), false);
    assert.deepEqual(lossline.panels(), []);
  });

  test('a command that needs it starts it', async () => {
    const lossline = await activate();
    void vscode.commands.executeCommand('lossline.forecast.predict');
    await until('the background process', () => lossline.clientStarted() || undefined);
    assert.deepEqual(await lossline.runs(), []);
  });
});
