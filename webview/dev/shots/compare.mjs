// Pictures of the compare panel, and what is done before some of them are taken.
import { STATES, THEMES } from '../../../test/pages/states.mjs';
import { each } from './each.mjs';

export const SHOTS = [
  ...each({ scenario: 'ready', theme: THEMES, width: 1400 }),
  ...each({ scenario: 'ready', theme: ['dark', 'light'], width: [800, 420] }),
  ...each({ scenario: [...STATES.compare.slice(1), 'large'], theme: 'light', width: 1400 }),
  ...each({
    scenario: 'ready',
    theme: 'dark',
    width: 1400,
    act: ['multiples', 'scatter', 'group', 'columns', 'hover'],
  }),
  ...each({ scenario: 'ready', theme: 'light', width: 1400, act: ['configs', 'filter', 'fraction'] }),
  ...each({ scenario: 'ready', theme: ['light', 'high-contrast'], width: 1400, act: ['parallel', 'pinned'] }),
  ...each({ scenario: 'large', theme: 'dark', width: 1400, act: ['parallel', 'scatter', 'multiples'] }),
  ...each({ scenario: 'ready', theme: 'dark', width: 420, act: 'parallel' }),
];

const row = (page, n) => page.locator('.grid-body .row[data-kind="run"]').nth(n);
const tab = (name) => (page) => page.getByRole('tab', { name }).click();
export const ACTS = {
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
