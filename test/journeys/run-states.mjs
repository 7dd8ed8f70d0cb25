// A run that needs something of its person: one without a plan, one that diverges while it is watched, and a reloaded window.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openContainer, reloadWindow, treeItem, until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';
import { syntheticLog } from './workspace.mjs';

const TOTAL = 6000;
const SEEN = 300;

export const options = { fill: fillStates };

/** A healthy run at a constant learning rate: nothing says how long it will be. */
function fillStates(dir) {
  const folder = path.join(dir, 'runs/unplanned');
  fs.mkdirSync(folder, { recursive: true });
  const log = path.join(folder, 'metrics.jsonl');
  const lines = syntheticLog({ total: TOTAL }).split(/(?<=\n)/);
  const constant = lines.slice(0, SEEN).map((line) => line.replace(/"lr":[^}]+/, '"lr":0.0006'));
  fs.writeFileSync(log, constant.join(''));
  return { dir, log };
}

export default async function runStates({ page, workspace, step, shot, assert }) {
  const panel = runPanel(page);
  await step('a run without a plan asks for it in its panel', async () => {
    await openContainer(page, 'Lossline');
    await treeItem(page, /unplanned/)
      .first()
      .click();
    await panel.frame.locator('#form-totalSteps').waitFor();
  });
  await shot('asks');
  await step('the answer gives a forecast at once', async () => {
    await panel.frame.locator('#form-totalSteps').fill(String(TOTAL));
    await panel.frame.getByRole('button', { name: 'Forecast', exact: true }).click();
    const { forecast, forecastStep } = await panel.drawn();
    assert.equal(Number(forecastStep), TOTAL);
    return `final loss ${Number(forecast).toFixed(3)}`;
  });
  await step('a reloaded window has the panel again, with the forecast and the plan', async () => {
    await reloadWindow(page);
    const { forecastStep, run } = await panel.drawn();
    assert.equal(Number(forecastStep), TOTAL);
    assert.match(run, /unplanned/);
  });
  await step('a loss that is no number is told once, and the panel says it', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `{"step": ${10 * (SEEN + 1 + i)}, "loss": NaN, "lr": 0.0006}\n`);
    fs.appendFileSync(workspace.log, rows.join(''));
    const toast = page.locator('.notification-list-item', { hasText: /unplanned.*no number/s });
    await toast.first().waitFor();
    await until('words on it in the panel', async () => {
      const said = await panel.frame.locator('body').allInnerTexts();
      return /diverged|no number|NaN/i.test(said.join('\n'));
    });
    await shot('diverged');
    await toast.getByRole('button', { name: 'Open' }).first().click();
    await until('one message alone', async () => (await toast.count()) === 0);
  });
}
