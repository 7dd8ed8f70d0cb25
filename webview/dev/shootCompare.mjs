// Takes pictures of the compare panel in every theme, width and state: `node webview/dev/shootCompare.mjs [FILTER]`.
import { takePictures } from './camera.mjs';

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

await takePictures('compare', SHOTS, ACTS);
