import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, until } from '../lossline';

suite('format of a log', () => {
  test('a format is chosen, and the choice is taken back', async () => {
    const lossline = await activate();
    const [run] = await until('a run', async () => {
      const runs = await lossline.runs();
      return runs.length > 0 ? runs : undefined;
    });
    assert.ok(run);
    assert.equal(run.guessed, false, 'its keys say what they are');
    const choose = (choice: unknown) => vscode.commands.executeCommand('lossline.run.chooseFormat', run.id, choice);
    const readAs = (isOwn: boolean) =>
      until(`read ${isOwn ? 'as before' : 'in another way'}`, async () => {
        const [now] = await lossline.runs();
        return now !== undefined && (now.format === run.format) === isOwn ? now : undefined;
      });
    await choose({ format: 'keyValue' });
    assert.equal((await readAs(false)).guessed, false);
    await choose(null);
    assert.equal((await readAs(true)).points, run.points);
  });
});
