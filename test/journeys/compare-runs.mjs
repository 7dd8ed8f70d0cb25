// A sweep is compared: all runs by command, some of them from the Runs view; a log that grows moves its row; a reload brings it back.
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  chooseInMenu,
  openContainer,
  reloadWindow,
  runCommand,
  treeItem,
  until,
  webview,
} from '../../tools/realcode/code.mjs';
import { syntheticLog } from './workspace.mjs';

const RATES = [1e-4, 3e-4, 6e-4, 1e-3];
const SEEN = 400;

export const options = { fill: fillSweep };

/** Four runs of one sweep; the first is over, the others have come two thirds of the way. */
function fillSweep(dir) {
  const logs = RATES.map((rate, i) => {
    const folder = path.join(dir, 'runs', `sweep-${i}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'config.json'),
      JSON.stringify({ max_steps: 6000, learning_rate: rate, batch_size: 512 }),
    );
    const lines = syntheticLog({ loss: (value) => value - 0.03 * i }).split(/(?<=\n)/);
    const log = path.join(folder, 'metrics.jsonl');
    fs.writeFileSync(log, (i === 0 ? lines : lines.slice(0, SEEN)).join(''));
    return { log, rest: i === 0 ? [] : lines.slice(SEEN) };
  });
  return { dir, logs };
}

export default async function compareRuns({ page, workspace, step, shot, assert }) {
  const frame = webview(page);
  const app = frame.locator('#app');
  const facts = () => app.evaluate((element) => ({ ...element.dataset }));
  const rows = frame.locator('.grid-body .row[data-kind="run"]:visible');
  const names = () => rows.locator('.name-cell').allInnerTexts();
  await step('all runs stand side by side, with ranks', async () => {
    await openContainer(page, 'Lossline');
    await treeItem(page, /sweep-3/)
      .first()
      .waitFor();
    await runCommand(page, 'Lossline: Compare Runs');
    await until('four ranked runs', async () => (await facts()).ranked === '4');
    assert.equal((await facts()).runs, '4');
    assert.match((await names())[0], /sweep-3/);
  });
  await until('curves', async () => (await facts()).curves === '4');
  await shot('all');
  await step('a filter and a key: the rows follow', async () => {
    await frame.locator('#filter').fill('lr>2e-4 -sweep-2');
    await until('two rows', async () => (await rows.count()) === 2);
    await frame.locator('#filter').fill('');
    await until('four rows', async () => (await rows.count()) === 4);
    await frame.locator('.grid').focus();
    await page.keyboard.press('Space');
    await until('three curves', async () => (await facts()).curves === '3');
    await page.keyboard.press('Space');
  });
  await step('a click on a head sorts, another one turns the order round', async () => {
    const head = frame.getByRole('columnheader', { name: 'learning_rate' });
    const order = async () => {
      const byPlace = await rows.evaluateAll((all) => all.map((row) => [row.ariaRowIndex, row.dataset.run]));
      return byPlace.sort((a, b) => a[0] - b[0]).map(([, run]) => /sweep-\d/.exec(run)[0].at(-1));
    };
    await head.getByRole('button').click();
    await until('ascending rates', async () => (await order()).join('') === '0123');
    await head.getByRole('button').click();
    await until('descending rates', async () => (await order()).join('') === '3210');
    await frame.getByRole('columnheader', { name: 'Final loss' }).getByRole('button').click();
  });
  await step('a run that the Runs view hides is left out, with a word and a way back', async () => {
    await treeItem(page, /sweep-2/)
      .first()
      .click({ button: 'right' });
    await chooseInMenu(page, 'Hide Run');
    await until('three rows', async () => (await rows.count()) === 3);
    await frame.getByRole('heading', { name: 'Compare 3 runs' }).waitFor();
    await shot('hidden');
    await frame.getByRole('button', { name: '1 hidden' }).click();
    await until('four rows', async () => (await rows.count()) === 4);
    await runCommand(page, 'Lossline: Show Hidden Runs');
  });
  await step('a log that grows moves its row', async () => {
    const row = rows.filter({ hasText: 'sweep-1' }).locator('.cell.progress');
    const before = await row.innerText();
    fs.appendFileSync(workspace.logs[1].log, workspace.logs[1].rest.splice(0, 60).join(''));
    await until('more progress', async () => (await row.innerText()) !== before);
    return `${before.trim()} → ${(await row.innerText()).trim()}`;
  });
  await step('a sweep is read off its hyperparameters', async () => {
    await frame.getByRole('tab', { name: 'Parallel' }).click();
    await until('a line per run', async () => (await facts()).curves === '4');
    await frame.getByLabel('Group by').selectOption({ label: 'By learning_rate' });
    await until('a group per rate', async () => (await frame.locator('.row[data-kind="group"]:visible').count()) === 4);
  });
  await shot('sweep');
  await step('a reload of the window brings it back as it was', async () => {
    await reloadWindow(page);
    await until('four ranked runs again', async () => (await facts()).ranked === '4');
    assert.equal(await frame.getByRole('tab', { name: 'Parallel' }).getAttribute('aria-selected'), 'true');
    assert.equal(await frame.locator('.row[data-kind="group"]:visible').count(), 4);
  });
  await step('Enter opens a run', async () => {
    await frame.getByLabel('Group by').selectOption({ index: 0 });
    await frame.locator('.grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'sweep-3' }).first().waitFor();
  });
  await step('two runs of the view are compared alone', async () => {
    const listed = (name) => treeItem(page, name).first();
    await listed(/sweep-1/).click();
    await listed(/sweep-2/).click({ modifiers: ['Control'] });
    await listed(/sweep-2/).click({ button: 'right' });
    await chooseInMenu(page, 'Compare Runs');
    await page.locator('.tab', { hasText: 'Compare 2 Runs' }).first().waitFor();
  });
}
