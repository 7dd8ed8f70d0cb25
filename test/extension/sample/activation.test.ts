import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, COMMANDS, until } from '../lossline';

suite('activation', () => {
  test('registers the commands of the manifest', async () => {
    await activate();
    const known = new Set(await vscode.commands.getCommands(true));
    for (const command of COMMANDS) assert.ok(known.has(command), `${command} is not registered`);
  });

  test('finds the run of the workspace', async () => {
    const lossline = await activate();
    const runs = await until('a run with points', async () => {
      const found = await lossline.runs();
      return found.some((run) => run.points > 0) ? found : undefined;
    });
    assert.equal(runs.length, 1);
  });

  test('has the Runs view', async () => {
    await vscode.commands.executeCommand('lossline.runs.focus');
  });
});
