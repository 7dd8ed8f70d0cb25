// Takes pictures of the compare panel in every theme, width and state: `node webview/dev/shootCompare.mjs [FILTER]`.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

const OUT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/compare');
const THEMES = ['dark', 'light', 'high-contrast', 'high-contrast-light'];
const SHOTS = [
  ...THEMES.map((theme) => ({ scenario: 'ready', theme, width: 1400 })),
  ...[800, 420].flatMap((width) => ['dark', 'light'].map((theme) => ({ scenario: 'ready', theme, width }))),
  ...['empty', 'one', 'three', 'fitting', 'large', 'hostile', 'error', 'loading'].map((scenario, i) => ({
    scenario,
    theme: THEMES[i % 2],
    width: 1400,
  })),
  ...['multiples', 'parallel', 'scatter', 'configs', 'group', 'filter', 'columns', 'pinned', 'hover', 'fraction'].map(
    (act, i) => ({ scenario: 'ready', theme: THEMES[i % 2], width: 1400, act }),
  ),
  ...['parallel', 'scatter', 'multiples'].map((act) => ({ scenario: 'large', theme: 'dark', width: 1400, act })),
  { scenario: 'ready', theme: 'high-contrast', width: 1400, act: 'parallel' },
  { scenario: 'ready', theme: 'dark', width: 420, act: 'parallel' },
  { scenario: 'ready', theme: 'high-contrast', width: 1400, act: 'pinned' },
];

const row = (page, n) => page.locator('.grid-body .row[data-kind="run"]').nth(n);
const tab = (name) => (page) => page.getByRole('tab', { name }).click();
const ACTS = {
  multiples: tab('Small multiples'),
  scatter: tab('Scatter'),
  fraction: (page) => page.getByLabel('X-axis').selectOption('fraction'),
  async parallel(page) {
    await tab('Parallel')(page);
    const box = await page.locator('.chart-inner').boundingBox();
    await page.mouse.move(box.x + box.width - 84, box.y + box.height - 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 84, box.y + box.height * 0.55, { steps: 4 });
    await page.mouse.up();
  },
  async configs(page) {
    await row(page, 0).locator('.cell.number').first().click();
    await row(page, 4)
      .locator('.cell.number')
      .first()
      .click({ modifiers: ['Shift'] });
    await tab('Configs')(page);
  },
  group: (page) => page.getByLabel('Group by').selectOption('config:learning_rate'),
  filter: (page) => page.locator('#filter').fill('optimizer:muon lr<1e-3 final<3.2 nokey:3'),
  columns: (page) => page.getByRole('button', { name: 'Columns' }).click(),
  async pinned(page) {
    await row(page, 2).locator('.cell.number').first().click();
    await page.keyboard.press('p');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
  },
  async hover(page) {
    const box = await page.locator('.chart-inner').boundingBox();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.62);
  },
};

const filter = process.argv[2] ?? '';
fs.mkdirSync(OUT, { recursive: true });
console.log(await bundlePanels({ minify: true }));
const { url, stop } = await serve();
const browser = await startBrowser();
let faults = 0;
try {
  for (const shot of SHOTS) {
    const name = [shot.scenario, shot.theme, shot.width, shot.act].filter(Boolean).join('-');
    if (name.includes(filter)) await take(shot, name);
  }
} finally {
  await browser.close();
  stop();
}
process.exitCode = faults > 0 ? 1 : 0;

async function take({ scenario, theme, width, act }, name) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(name, message.text()));
  page.on('pageerror', (error) => complain(name, error.stack ?? error.message));
  await page.goto(`${url}?panel=compare&scenario=${scenario}&theme=${theme}`);
  const settled = page.locator('#app[data-state]');
  if (scenario !== 'loading') await settled.waitFor({ timeout: 5000 }).catch(() => complain(name, 'still loading'));
  await page.waitForTimeout(500);
  if (act) await ACTS[act](page);
  await page.waitForTimeout(300);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) complain(name, `${wide} px wider than the window`);
  await page.screenshot({ path: path.join(OUT, `${name}.png`) });
  await page.close();
}

function complain(name, text) {
  faults++;
  console.log(`${name}: ${text}`);
}
