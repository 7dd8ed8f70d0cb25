// What the run panel says of runs that are not simply training: over, stalled, too short to be forecast, diverged.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openContainer, treeItem, until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';
import { syntheticLog } from './workspace.mjs';

const TOTAL = 6000;
const HOURS = 3600;
const PLAN = { max_steps: TOTAL, learning_rate: 6e-4, min_lr: 3e-5, warmup_steps: 200, lr_scheduler_type: 'cosine' };

/** Parts of one log of 600 records; `ago` are the seconds since the last record. */
const RUNS = {
  finished: { lines: (all) => all },
  'fell-silent': { lines: (all) => all.slice(0, 400), ago: 3 * HOURS },
  'just-begun': { lines: (all) => all.slice(0, 3) },
  broken: { lines: (all) => [...all.slice(0, 300), ...notNumbers(301, 30)] },
};

export const options = { fill: fillStates };

function fillStates(dir) {
  const all = syntheticLog({ total: TOTAL }).split(/(?<=\n)/);
  for (const [name, { lines, ago = 0 }] of Object.entries(RUNS)) {
    const folder = path.join(dir, 'runs', name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(PLAN));
    const log = path.join(folder, 'metrics.jsonl');
    fs.writeFileSync(log, lines(all).join(''));
    const at = Date.now() / 1000 - ago;
    fs.utimesSync(log, at, at);
  }
  return { dir };
}

function notNumbers(from, count) {
  return Array.from({ length: count }, (_, i) => `{"step": ${10 * (from + i)}, "loss": NaN, "lr": 0.0003}\n`);
}

export default async function panelStates({ page, step, shot }) {
  const panel = runPanel(page);
  /** Opens the panel of a run and waits until it says all of this. */
  const says = async (name, ...words) => {
    await treeItem(page, new RegExp(name)).first().click();
    await page.locator('.tab.active', { hasText: name }).waitFor();
    let said = '';
    const missing = () => words.filter((word) => !word.test(said));
    await until(`${name}: ${words.join(', ')}`, async () => {
      said = (await panel.app.innerText().catch(() => '')).replace(/\s+/g, ' ');
      return missing().length === 0;
    });
  };
  await step('all runs are listed with their states', async () => {
    await openContainer(page, 'Lossline');
    for (const name of Object.keys(RUNS)) await treeItem(page, new RegExp(name)).first().waitFor();
  });
  await step('a run that is over: what was forecast half-way against what came', () =>
    says('finished', /Finished/, /Final loss/, /Said at 50\s?%/, /off by/, /outcome (inside|outside) 80/),
  );
  await shot('finished');
  await step('a run that fell silent: since when, and still a forecast', async () => {
    await says('fell-silent', /Stalled/, /Nothing new has been logged for 3 ?h/, /Forecast final loss/);
    await panel.drawn();
  });
  await shot('stalled');
  await step('a run of three points: no forecast, and why', () => says('just-begun', /No forecast/, /points/));
  await shot('too-short');
  await step('a run whose loss is no number: the last one that was, and how many are none', () =>
    says('broken', /Diverged/, /newest losses are not finite/, /last finite loss 3\.0/, /30 not finite/),
  );
  await shot('diverged');
}
