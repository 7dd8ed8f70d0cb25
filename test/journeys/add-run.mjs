// *Add Run…*: the output of a command, typed as a person types it. The run appears, grows, and ends with its removal.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { chooseInMenu, openContainer, runCommand, treeItem, until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';
import { createPlainWorkspace, syntheticLog } from './workspace.mjs';

const SEEN = 300;

export const options = { fill };

/** A workspace without runs, and a log beside it that no folder of the workspace holds. */
function fill(dir) {
  createPlainWorkspace(dir);
  const log = `${dir}-elsewhere.jsonl`;
  const lines = syntheticLog().split(/(?<=\n)/);
  fs.writeFileSync(log, lines.slice(0, SEEN).join(''));
  return { dir, log, rest: lines.slice(SEEN) };
}

export default async function addRun({ page, workspace, step, shot, assert }) {
  const panel = runPanel(page);
  const input = page.locator('.quick-input-widget input[type=text]');
  const listed = () => treeItem(page, /tail|elsewhere/);
  await step('the kinds of sources are offered, and the command says what becomes of it', async () => {
    await openContainer(page, 'Lossline');
    await page.getByText('No training run found yet').waitFor();
    await runCommand(page, 'Lossline: Add Run…');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Slurm Job' }).waitFor();
    await input.fill('Command');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'kubectl logs' }).first().click();
    await page.getByText('it is started again when it fails').first().waitFor();
  });
  await shot('asks');
  await step('a command without its end is refused in words, before it is run', async () => {
    await input.fill('tail -f "no end');
    await until('words on what is wrong', () =>
      page.locator('.quick-input-message', { hasText: /not closed/ }).count(),
    );
  });
  let before;
  await step('the run appears with what the command has printed', async () => {
    await input.fill(`tail -n +1 -f ${workspace.log}`);
    await input.press('Enter');
    await listed().first().waitFor();
    before = await until('its points', async () => (await panel.state()).points);
    await panel.drawn();
  });
  await step('what the command prints later is drawn', async () => {
    fs.appendFileSync(workspace.log, workspace.rest.splice(0, 50).join(''));
    await until('the new points', async () => (await panel.state()).points > before);
  });
  await shot('grown');
  await step('a removed run takes its command with it', async () => {
    assert.equal(commands(workspace.log).length, 1);
    await listed().first().click({ button: 'right' });
    await chooseInMenu(page, 'Remove Run from View');
    await until('an empty view', async () => (await listed().count()) === 0);
    await until('an ended command', () => commands(workspace.log).length === 0);
  });
  fs.rmSync(workspace.log);
}

/** Processes of this machine that follow a file with `tail`; journeys run on Linux. */
function commands(file) {
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = fs.readFileSync(path.join('/proc', pid, 'cmdline'), 'utf8').split('\0');
      return path.basename(words[0]) === 'tail' && words.includes(file);
    } catch {
      return false;
    }
  });
}
