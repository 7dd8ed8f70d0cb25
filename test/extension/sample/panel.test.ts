import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, until } from '../lossline';

suite('run panel', () => {
  test('opens with the points of the run and a forecast', async () => {
    const lossline = await activate();
    const [run] = await until('a run', async () => {
      const runs = await lossline.runs();
      return runs.length > 0 ? runs : undefined;
    });
    assert.ok(run);
    await vscode.commands.executeCommand('lossline.run.open', run.id);
    const panel = await until('a forecast', () => lossline.panels().find((each) => each.forecast !== null));
    assert.ok(panel.points > 0);
    assert.ok(Number.isFinite(panel.forecast));
    assert.ok(lossline.clientStarted());
  });
});
