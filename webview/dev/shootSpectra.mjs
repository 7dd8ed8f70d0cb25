// Takes pictures of the spectra panel in every theme, width and state: `node webview/dev/shootSpectra.mjs [FILTER]`.
import { takePictures } from './camera.mjs';

const THEMES = ['dark', 'light', 'high-contrast', 'high-contrast-light'];
const STATES = [
  'single',
  'estimated',
  'analysing',
  'starting',
  'idle',
  'cancelled',
  'failed',
  'optimizer',
  'quantised',
  'error',
];
const SHOTS = [
  ...THEMES.map((theme) => ({ scenario: 'ready', theme, width: 1400 })),
  ...[800, 420].flatMap((width) => THEMES.slice(0, 3).map((theme) => ({ scenario: 'ready', theme, width }))),
  ...STATES.map((scenario, i) => ({ scenario, theme: THEMES[i % 2], width: 1100 })),
  { scenario: 'analysing', theme: 'light', width: 420 },
  { scenario: 'ready', theme: 'dark', width: 1400, act: 'hover' },
  { scenario: 'ready', theme: 'light', width: 1400, act: 'kinds' },
  { scenario: 'ready', theme: 'dark', width: 1400, act: 'sigma' },
  ...['dark', 'light', 'high-contrast'].map((theme) => ({ scenario: 'ready', theme, width: 1400, act: 'compare' })),
  { scenario: 'ready', theme: 'dark', width: 420, act: 'compare' },
  { scenario: 'ready', theme: 'light', width: 1400, act: 'scale' },
  { scenario: 'missing', theme: 'dark', width: 1100, act: 'scale' },
  { scenario: 'ready', theme: 'dark', width: 1100, act: 'data' },
];

const open = (page, id) => page.evaluate((name) => document.getElementById(name).setAttribute('open', ''), id);

const ACTS = {
  hover: (page) => page.locator('.map td[data-mark]').first().hover(),
  async kinds(page) {
    await page.getByRole('button', { name: 'Layer × kind' }).click();
    await page.getByRole('gridcell', { name: 'layer 5, feed-forward up' }).click();
    await page.waitForTimeout(200);
  },
  async sigma(page) {
    await page.locator('#measure').selectOption('sigma1');
    await page.locator('#kind').selectOption('down');
  },
  async compare(page) {
    await open(page, 'compare');
    await page.locator('#compare-with').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Measure turned directions' }).click();
    await page.waitForTimeout(200);
  },
  scale: (page) => open(page, 'scale'),
  data: (page) => page.locator('.spectrum').getByRole('button', { name: 'Show data' }).click(),
};

await takePictures('spectra', SHOTS, ACTS);
