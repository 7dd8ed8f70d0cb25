// Takes pictures of the run panel in every theme, width and state: `node webview/dev/shoot.mjs [FILTER]`.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

const OUT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/panel');
const WIDTHS = { 1400: 900, 800: 900, 420: 900, 300: 800 };
const SHOTS = [
  ...['dark', 'light', 'high-contrast', 'high-contrast-light'].map((theme) => ({
    scenario: 'ready',
    theme,
    width: 1400,
  })),
  ...[800, 420, 300].map((width) => ({ scenario: 'ready', theme: 'dark', width })),
  ...[
    'early',
    'fitting',
    'refused',
    'noPlan',
    'noRate',
    'finished',
    'diverged',
    'stalled',
    'failed',
    'restarts',
    'empty',
    'error',
    'loading',
    'hostile',
  ].map((scenario, index) => ({ scenario, theme: index % 2 === 0 ? 'light' : 'dark', width: 1100 })),
  ...['noPlan', 'empty', 'refused'].map((scenario) => ({ scenario, theme: 'light', width: 420 })),
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'crosshair' },
  { scenario: 'ready', theme: 'light', width: 1100, act: 'zoom' },
  { scenario: 'ready', theme: 'light', width: 1100, act: 'log' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'sections' },
  { scenario: 'ready', theme: 'high-contrast', width: 1100, act: 'sections' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'data' },
  ...['dark', 'light', 'high-contrast'].map((theme) => ({ scenario: 'ready', theme, width: 1100, act: 'whatIf' })),
  { scenario: 'ready', theme: 'dark', width: 420, act: 'whatIf' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'bestSchedule' },
  { scenario: 'noPlan', theme: 'dark', width: 1100, act: 'wsd' },
  ...['dark', 'light', 'high-contrast'].map((theme) => ({ scenario: 'overlays', theme, width: 1100, act: 'overlay' })),
  { scenario: 'overlays', theme: 'dark', width: 420, act: 'overlay' },
  { scenario: 'overlays', theme: 'dark', width: 1100, act: 'pickRuns' },
  { scenario: 'ready', theme: 'light', width: 1100, act: 'pickSeries' },
  { scenario: 'ready', theme: 'dark', width: 420, act: 'pickSeries' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'strips' },
  { scenario: 'ready', theme: 'light', width: 1100, act: 'time' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'tokens' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'export' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'dragDecay' },
  { scenario: 'events', theme: 'dark', width: 1100, act: 'marker' },
  { scenario: 'events', theme: 'light', width: 420, act: 'marker' },
  { scenario: 'restarts', theme: 'dark', width: 420, act: 'sections' },
];

const ACTS = {
  async crosshair(page) {
    const box = await page.locator('#plot').boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 200);
  },
  async zoom(page) {
    const box = await page.locator('#plot').boundingBox();
    await page.mouse.move(box.x + 300, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y + 150, { steps: 4 });
    await page.mouse.up();
    await page.waitForTimeout(400);
  },
  async log(page) {
    await page.getByRole('button', { name: 'Log x' }).click();
    await page.getByRole('button', { name: 'Log y' }).click();
  },
  async sections(page) {
    for (const id of ['report', 'issues'])
      await page.evaluate((name) => document.querySelector(`#${name}`).setAttribute('open', ''), id);
    await page.locator('#plan button[aria-label^="Change"]').nth(3).click();
  },
  data: (page) => page.getByRole('button', { name: 'Show data' }).click(),
  async whatIf(page) {
    await page.locator('#what-if > summary').click();
    await page.locator('#what-if-decayStart').fill('2900');
    await page.locator('#what-if-shape').selectOption('1-sqrt');
    await page.waitForTimeout(400);
  },
  async bestSchedule(page) {
    await page.locator('#what-if > summary').click();
    await page.getByRole('button', { name: 'Best schedule' }).click();
    await page.waitForTimeout(600);
  },
  async overlay(page) {
    await page.locator('#pick-runs > button').click();
    for (const name of ['muon', 'adamw-small-batch', 'wide/7']) {
      await page.getByRole('combobox', { name: 'Search runs' }).fill(name);
      await page.keyboard.press('Enter');
    }
    await page.keyboard.press('Escape');
    await page.waitForTimeout(400);
  },
  async pickRuns(page) {
    await page.locator('#pick-runs > button').click();
    await page.waitForTimeout(200);
  },
  async pickSeries(page) {
    await page.locator('#pick-series > button').click();
    await page.waitForTimeout(200);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  },
  async strips(page) {
    await page.locator('#pick-series > button').click();
    for (const name of ['grad', 'through']) {
      await page.getByRole('combobox', { name: 'Search series' }).fill(name);
      await page.keyboard.press('Enter');
    }
    await page.keyboard.press('Escape');
    await page.waitForTimeout(400);
    const box = await page.locator('#plot').boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 200);
  },
  time: (page) => page.locator('#axis').selectOption('time'),
  tokens: (page) => page.locator('#axis').selectOption('tokens'),
  export: (page) => page.getByRole('button', { name: 'Export' }).click(),
  async dragDecay(page) {
    await page.locator('#what-if > summary').click();
    await page.waitForTimeout(300);
    const box = await page.locator('#plot').boundingBox();
    // The axis begins after its labels and leaves room beyond the plan.
    const area = 58 + (6811 / (1.05 * 9536)) * (box.width - 72);
    await page.mouse.move(box.x + area, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + area - 180, box.y + 150, { steps: 12 });
    await page.waitForTimeout(200);
  },
  async marker(page) {
    await page.locator('.marker').first().click();
  },
  async wsd(page) {
    await page.locator('#form-family').selectOption('wsd-linear');
    await page.locator('#form-peakLr').fill('abc');
    await page.getByRole('button', { name: 'Forecast', exact: true }).click();
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
  const page = await browser.newPage({
    viewport: { width, height: act === 'crosshair' ? 1250 : (WIDTHS[width] ?? 900) },
    deviceScaleFactor: 1,
  });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(name, message.text()));
  page.on('pageerror', (error) => complain(name, error.stack ?? error.message));
  await page.goto(`${url}?scenario=${scenario}&theme=${theme}`);
  if (scenario !== 'loading')
    await page
      .locator('#app:not([data-state="loading"])')
      .waitFor({ timeout: 5000 })
      .catch(() => complain(name, 'still loading'));
  await page.waitForTimeout(250);
  if (scenario === 'finished') await page.waitForTimeout(1500);
  if (act) await ACTS[act](page);
  await page.waitForTimeout(150);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) complain(name, `${wide} px wider than the window`);
  await page.screenshot({ path: path.join(OUT, `${name}.png`), fullPage: act !== 'crosshair' });
  await page.close();
}

function complain(name, text) {
  faults++;
  console.log(`${name}: ${text}`);
}
