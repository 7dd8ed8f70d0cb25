// The Runs view as a place to keep order: filter, rename, hide, remove, and each of them taken back.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { chooseInMenu, openContainer, plain, runCommand, treeItem, until } from '../../tools/realcode/code.mjs';
import { syntheticLog } from './workspace.mjs';

const RUNS = ['first', 'second', 'third'];

export const options = { fill: fillRuns };

function fillRuns(dir) {
  for (const name of RUNS) {
    const folder = path.join(dir, 'runs', name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'metrics.jsonl'), syntheticLog({ total: 3000 }));
  }
  return { dir };
}

export default async function runsView({ page, step, shot }) {
  const shows = (what, ...names) =>
    until(`${what}: ${names.join(', ')}`, async () => {
      const labels = await page.locator('.pane-body .label-name').allInnerTexts();
      return plain(labels.join()) === names.map((name) => (name.includes('/') ? name : `runs/${name}`)).join();
    });
  const input = page.locator('.quick-input-widget input[type=text]');
  const answer = async (text) => {
    await input.fill(text);
    await input.press('Enter');
  };
  await step('all runs are listed', async () => {
    await openContainer(page, 'Lossline');
    await shows('listed', ...RUNS);
  });
  await step('a filter leaves the runs that have its words', async () => {
    await runCommand(page, 'Lossline: Filter Runs…');
    await answer('SEC metrics');
    await shows('filtered', 'second');
    await shot('filtered');
    await runCommand(page, 'Lossline: Filter Runs…');
    await answer('nothing like it');
    await page.getByText('No run has all words of the filter').waitFor();
    await page.getByRole('button', { name: 'Clear Filter' }).first().click();
    await shows('all', ...RUNS);
  });
  await step('F2 gives a run another name, and an empty one its own again', async () => {
    await treeItem(page, /second/)
      .first()
      .click();
    await treeItem(page, /second/)
      .first()
      .focus();
    await page.keyboard.press('F2');
    await answer('runs/renamed');
    await shows('renamed', 'first', 'renamed', 'third');
    await page.locator('.tab', { hasText: 'runs/renamed' }).first().waitFor();
    await shot('renamed');
    await page.keyboard.press('F2');
    await answer('');
    await shows('all', ...RUNS);
    await page.locator('.tab', { hasText: 'runs/second' }).first().waitFor();
  });
  await step('Delete hides a run; it comes back', async () => {
    await page.keyboard.press('Delete');
    await shows('without it', 'first', 'third');
    await runCommand(page, 'Lossline: Show Hidden Runs');
    await shows('all', ...RUNS);
  });
  await step('a removed run comes back with Undo', async () => {
    await treeItem(page, /third/).first().click({ button: 'right' });
    await chooseInMenu(page, 'Remove Run from View');
    await shows('without it', 'first', 'second');
    await page.locator('.notification-list-item', { hasText: 'removed' }).getByRole('button', { name: 'Undo' }).click();
    await shows('all', ...RUNS);
  });
}
