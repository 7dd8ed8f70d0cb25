// Logs as they should not be: an empty one, noise under a log's name, and a run whose loss is no number any more.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openContainer, runCommand, treeItem, until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';
import { syntheticLog } from './workspace.mjs';

const TOTAL = 3000;
const LAST_FINITE = 1500;
const NOISE_BYTES = 200_000;

export const options = { fill: fillHostile };

function fillHostile(dir) {
  const exploded = path.join(dir, 'runs/exploded');
  fs.mkdirSync(path.join(dir, 'logs'), { recursive: true });
  fs.mkdirSync(exploded, { recursive: true });
  fs.writeFileSync(path.join(dir, 'logs/empty.jsonl'), '');
  fs.writeFileSync(path.join(dir, 'train.log'), noise(NOISE_BYTES));
  fs.writeFileSync(path.join(exploded, 'metrics.jsonl'), nanLog());
  return { dir };
}

/** The same bytes at each run. */
function noise(length) {
  const bytes = Buffer.alloc(length);
  let seed = 7;
  for (let i = 0; i < length; i++) {
    seed = (seed * 48271) % 2147483647;
    bytes[i] = seed & 0xff;
  }
  return bytes;
}

/** As Python writes it: NaN is a bare word. */
function nanLog() {
  const log = syntheticLog({ total: TOTAL, loss: (value, step) => (step > LAST_FINITE ? 'NaN' : value) });
  return log.replaceAll('"NaN"', 'NaN');
}

export default async function hostileLogs({ page, step, shot, assert }) {
  const panel = runPanel(page);
  const exploded = treeItem(page, /exploded/).first();
  await step('the run that goes wrong is the only one listed', async () => {
    await openContainer(page, 'Lossline');
    await exploded.waitFor();
    assert.equal(await page.locator('.pane-body').getByRole('treeitem').count(), 1);
  });
  await step('its panel shows the issue', async () => {
    await exploded.click();
    await until('a panel that is ready or refuses', async () => /ready|refused/.test((await panel.state()).state));
    const text = await until('words on the losses that are no numbers', async () => {
      const said = await panel.frame.locator('body').allInnerTexts();
      return /.*(?:nan|not? finite|non-finite|not a number|diverge).*/i.exec(said.join('\n'))?.[0];
    });
    return text.trim().slice(0, 160);
  });
  await step('a forecast is refused in words', async () => {
    await runCommand(page, 'Lossline: Predict Final Loss');
    await page.keyboard.press('Escape');
    const { forecast } = await panel.state();
    assert.ok(!Number.isFinite(Number.parseFloat(forecast)), `a diverged run has the forecast ${forecast}`);
  });
  await shot('exploded');
  await step('nothing has crashed', () => noCrash(page, assert));
}

async function noCrash(page, assert) {
  const toasts = await page.locator('.notification-list-item').allInnerTexts();
  const bad = toasts.filter((text) => /crash|terminated|unexpected|exception|cannot read/i.test(text));
  assert.deepEqual(bad, []);
}
