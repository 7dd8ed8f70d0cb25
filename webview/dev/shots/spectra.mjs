// Pictures of the spectra panel, and what is done before some of them are taken.
import { STATES, THEMES } from '../../../test/pages/states.mjs';
import { each } from './each.mjs';

const PICTURED = ['dark', 'light', 'high-contrast'];

export const SHOTS = [
  ...each({ scenario: 'ready', theme: THEMES, width: 1400 }),
  ...each({ scenario: 'ready', theme: PICTURED, width: [800, 420] }),
  ...each({ scenario: [...STATES.spectra.slice(1), 'error'], theme: 'light', width: 1100 }),
  ...each({ scenario: 'analysing', theme: 'light', width: 420 }),
  ...each({ scenario: 'ready', theme: 'dark', width: 1400, act: ['hover', 'sigma', 'data'] }),
  ...each({ scenario: 'ready', theme: 'light', width: 1400, act: ['kinds', 'scale'] }),
  ...each({ scenario: 'ready', theme: PICTURED, width: 1400, act: 'compare' }),
  ...each({ scenario: 'ready', theme: 'dark', width: 420, act: 'compare' }),
  ...each({ scenario: 'missing', theme: 'dark', width: 1100, act: 'scale' }),
];

const open = (page, id) => page.evaluate((name) => document.getElementById(name).setAttribute('open', ''), id);

export const ACTS = {
  hover: (page) => page.locator('.map td[data-mark]').first().hover(),
  async kinds(page) {
    await page.getByRole('button', { name: 'Layer × kind' }).click();
    await page.getByRole('gridcell', { name: 'layer 5, feed-forward up' }).click();
  },
  async sigma(page) {
    await page.locator('#measure').selectOption('sigma1');
    await page.locator('#kind').selectOption('down');
  },
  async compare(page) {
    await open(page, 'compare');
    await page.locator('#compare-with').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Measure turned directions' }).click();
  },
  scale: (page) => open(page, 'scale'),
  data: (page) => page.locator('.spectrum').getByRole('button', { name: 'Show data' }).click(),
};
