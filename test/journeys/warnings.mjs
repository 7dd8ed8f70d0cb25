// Runs that break while the window is open: where that is said, that it is said once, and how it is silenced.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openContainer, openFile, runCommand, statusItem, treeItem, until } from '../../tools/realcode/code.mjs';
import { syntheticLog } from './workspace.mjs';

const RECORDS = syntheticLog().split(/(?<=\n)/);
/** Records that are there from the start, and steps between two. */
const BEFORE = 300;
const EVERY = 10;
/** Long enough for a message that should not come. */
const SILENCE_MS = 4000;

export const options = { fill };

function fill(dir) {
  const logs = ['first', 'second'].map((name) => path.join(dir, 'runs', name, 'metrics.jsonl'));
  for (const log of logs) {
    fs.mkdirSync(path.dirname(log), { recursive: true });
    fs.writeFileSync(log, RECORDS.slice(0, BEFORE).join(''));
  }
  fs.writeFileSync(path.join(dir, 'train.py'), 'import torch\n\nlearning_rate = 6e-4\nmax_iters = 6000\n');
  return { dir, logs };
}

/** The loss of the run is no number from here on. */
function breakRun(log, records) {
  const first = fs.readFileSync(log, 'utf8').split('\n').length;
  const rows = Array.from({ length: records }, (_, i) => `{"step": ${(first + i) * EVERY}, "loss": NaN}\n`);
  fs.appendFileSync(log, rows.join(''));
}

export default async function warnings({ page, code, workspace, step, shot, assert }) {
  const [first, second] = workspace.logs;
  const toast = (name) =>
    page.locator('.notification-toast', { hasText: new RegExp(`${name}: Value that is no number`) });
  const badge = page
    .locator('.activitybar .action-item', { has: page.locator('[aria-label^="Lossline"]') })
    .locator('.badge-content');
  const counts = (runs) =>
    until(`${runs} in the badge`, async () => (await badge.first().textContent())?.trim() === runs);
  const silence = async () => {
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    assert.equal(await page.locator('.notification-toast', { hasText: 'Value that is no number' }).count(), 0);
  };
  await step('two healthy runs are listed, and nothing is said of them', async () => {
    await openContainer(page, 'Lossline');
    await treeItem(page, /first/).first().waitFor();
    await treeItem(page, /second/)
      .first()
      .waitFor();
    await silence();
  });
  await step('one that breaks is told of in one message and in the badge', async () => {
    breakRun(first, 5);
    await toast('first').waitFor();
    assert.equal(await toast('first').count(), 1);
    await counts('1');
  });
  await shot('told');
  await step('it stands as a problem on the line of the learning rate, with fixes', async () => {
    await openFile(page, 'train.py');
    await runCommand(page, 'Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'Value that is no number' });
    await problem.first().waitFor();
    assert.match((await problem.first().textContent()) ?? '', /Ln 3/);
    await page.locator('.view-line', { hasText: 'learning_rate' }).first().click();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget', { hasText: 'Halve learning_rate to 3e-4' }).waitFor();
    await shot('fixes');
    await page.keyboard.press('Escape');
  });
  await step('it is not told again, neither when it goes on nor when the background process was lost', async () => {
    await toast('first').first().hover();
    await toast('first').locator('.codicon-notifications-clear').first().click();
    breakRun(first, 20);
    await silence();
    const [pid] = serversOf(code);
    process.kill(pid);
    await until('a new process', async () => serversOf(code).some((each) => each !== pid));
    await treeItem(page, /first/).first().waitFor();
    await counts('1');
    await silence();
  });
  await step('another run is told of, also in the status bar, and what is muted counts no more', async () => {
    breakRun(second, 5);
    await toast('second').waitFor();
    // The status bar follows a live run before all others; now there is none.
    await statusItem(page, /1/).and(page.locator('.error-kind')).first().waitFor();
    await counts('2');
    await toast('second').getByRole('button', { name: 'Mute' }).click();
    await counts('1');
  });
  await shot('muted');
}

/** The background processes of this editor: those of its descendants that run the server. */
function serversOf(code) {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] }];
    });
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid) => {
    for (let up = pid; up !== undefined && up > 1; up = parents.get(up)) if (up === code.pid) return true;
    return false;
  };
  return rows.filter(({ pid, args }) => /dist\/server\.js/.test(args) && isOurs(pid)).map(({ pid }) => pid);
}
