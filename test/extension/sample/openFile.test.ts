import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { scalarFile } from '../../lib/eventFile';
import { activate, type Lossline, openDocument, until } from '../lossline';

const LOSSES = Array.from({ length: 60 }, (_, step) => [step, 4 - step / 50] as const);

suite('files of runs', () => {
  let lossline: Lossline;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-files-'));

  suiteSetup(async () => {
    lossline = await activate();
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    // Other tests expect the run of the workspace alone.
    const added = async () => (await lossline.runs()).filter(({ id }) => id.startsWith(folder));
    for (const run of await added()) await vscode.commands.executeCommand('lossline.run.remove', run);
    await until('the run to be gone', async () => (await added()).length === 0 || undefined);
    fs.rmSync(folder, { recursive: true });
  });

  const drawn = (log: string) =>
    until(`the panel of ${log}`, () => lossline.panels().find(({ run, points }) => run.includes(log) && points > 0));

  test('a binary log opens as the panel of its run', async () => {
    const log = path.join(folder, 'events.out.tfevents.1700000000.host');
    fs.writeFileSync(log, scalarFile('train/loss', LOSSES));
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(log));
    const { points } = await drawn(path.basename(folder));
    assert.equal(points, LOSSES.length);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab!;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'lossline.log');
  });

  test('a text log stays text, and opens as a run where that is asked for', async () => {
    const document = await openDocument('runs/gpt-124m/metrics.jsonl');
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab!.input instanceof vscode.TabInputText);
    await vscode.commands.executeCommand('vscode.openWith', document.uri, 'lossline.logOption');
    await drawn('gpt-124m');
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab!.input instanceof vscode.TabInputCustom);
  });

  test('the command opens the run of a file without asking which', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('no panel', () => lossline.panels().length === 0 || undefined);
    const [workspace] = vscode.workspace.workspaceFolders!;
    const log = vscode.Uri.joinPath(workspace!.uri, 'runs/gpt-124m/metrics.jsonl');
    await vscode.commands.executeCommand('lossline.run.open', log);
    await drawn('gpt-124m');
  });
});
