// A training that is started while the window is open: its folder and its log appear together, as scripts make them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openContainer, runCommand, treeItem, until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';
import { syntheticLog } from './workspace.mjs';

/** Records that are written at a time, once per `PAUSE_MS`. */
const BATCH = 4;
const PAUSE_MS = 100;
/** Clicks on a row: before they were safe one of six was lost. */
const CLICKS = 40;

export const options = { fill: fillEmpty };

function fillEmpty(dir) {
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'train.py'), 'learning_rate = 6e-4\n');
  return { dir };
}

export default async function newRun({ page, workspace, step, shot, assert }) {
  const panel = runPanel(page);
  const listed = treeItem(page, /started-late/).first();
  let stop;
  await step('the Runs view says how to begin', async () => {
    await openContainer(page, 'Lossline');
    await page.getByText('No training run found yet').waitFor();
    await runCommand(page, 'Lossline: Predict Final Loss');
    await page.locator('.notification-list-item', { hasText: 'No training run was found' }).waitFor();
  });
  await shot('none');
  try {
    await step('a run that starts now is listed', async () => {
      stop = train(path.join(workspace.dir, 'runs/started-late/metrics.jsonl'));
      await listed.waitFor();
    });
    await step('its panel follows it', async () => {
      await listed.click();
      const first = await until('points', async () => (await panel.state()).points);
      await until('more points', async () => (await panel.state()).points > first);
    });
    await shot('followed');
    await step('no click is lost while its row is drawn anew', async () => {
      for (let click = 0; click < CLICKS; click++) await listed.click();
      const { points } = await panel.state();
      await until('more points', async () => (await panel.state()).points > points);
      assert.equal(await page.getByText('command not found').count(), 0);
    });
  } finally {
    stop?.();
  }
}

function train(log) {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  // More than is written while the slowest machine looks.
  const lines = syntheticLog({ total: 600_000 }).split(/(?<=\n)/);
  const write = () => fs.appendFileSync(log, lines.splice(0, BATCH).join(''));
  write();
  const timer = setInterval(write, PAUSE_MS);
  return () => clearInterval(timer);
}
