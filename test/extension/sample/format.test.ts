import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, until } from '../lossline';

suite('format of a log', () => {
  test('a guess is confirmed, the loss is corrected, and both are taken back', async () => {
    const lossline = await activate();
    const [run] = await until('a run', async () => {
      const runs = await lossline.runs();
      return runs.length > 0 ? runs : undefined;
    });
    assert.ok(run);
    assert.equal(run.guessed, true);
    const choose = (choice: unknown) => vscode.commands.executeCommand('lossline.run.chooseFormat', run.id, choice);
    const guessed = (wanted: boolean) =>
      until(`a format that is ${wanted ? '' : 'not '}guessed`, async () => {
        const [now] = await lossline.runs();
        return now?.guessed === wanted ? now : undefined;
      });
    await choose({ format: 'jsonl', loss: 'val_loss' });
    assert.equal((await guessed(false)).format, run.format);
    await choose(null);
    assert.equal((await guessed(true)).points, run.points);
  });
});
