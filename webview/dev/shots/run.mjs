// Pictures of the run panel, and what is done before some of them are taken.
import { STATES, THEMES } from '../../../test/pages/states.mjs';
import { each } from './each.mjs';

const PICTURED = ['dark', 'light', 'high-contrast'];

export const SHOTS = [
  ...each({ scenario: 'ready', theme: THEMES, width: 1400 }),
  ...each({ scenario: 'ready', theme: 'dark', width: [800, 420] }),
  ...each({ scenario: 'ready', theme: 'dark', width: 300, height: 800 }),
  ...each({ scenario: STATES.run.slice(1), theme: 'light', width: 1100 }),
  ...each({ scenario: ['noPlan', 'empty', 'refused'], theme: 'light', width: 420 }),
  ...each({ scenario: 'ready', theme: 'dark', width: 1100, height: 1250, act: 'crosshair' }),
  ...each({ scenario: 'ready', theme: 'light', width: 1100, act: ['zoom', 'log', 'time', 'pickSeries'] }),
  ...each({
    scenario: 'ready',
    theme: 'dark',
    width: 1100,
    act: ['data', 'bestSchedule', 'strips', 'tokens', 'export', 'dragDecay'],
  }),
  ...each({ scenario: 'ready', theme: ['dark', 'high-contrast'], width: 1100, act: 'sections' }),
  ...each({ scenario: 'ready', theme: PICTURED, width: 1100, act: 'whatIf' }),
  ...each({ scenario: 'ready', theme: 'dark', width: 420, act: ['whatIf', 'pickSeries'] }),
  ...each({ scenario: 'noPlan', theme: 'dark', width: 1100, act: 'wsd' }),
  ...each({ scenario: 'overlays', theme: PICTURED, width: 1100, act: 'overlay' }),
  ...each({ scenario: 'overlays', theme: 'dark', width: 420, act: ['overlay', 'hover'] }),
  ...each({ scenario: 'overlays', theme: PICTURED, width: 1100, act: 'hover' }),
  ...each({ scenario: 'overlays', theme: 'dark', width: 1100, act: 'pickRuns' }),
  ...each({ scenario: 'events', theme: ['dark', 'light'], width: [1100, 420], act: 'marker' }),
  ...each({ scenario: 'restarts', theme: 'dark', width: 420, act: 'sections' }),
];

async function pointAtPlot(page) {
  const box = await page.locator('#plot').boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 200);
}

async function pick(page, what, names) {
  await page.locator(`#pick-${what} > button`).click();
  for (const name of names) {
    await page.getByRole('combobox', { name: `Search ${what}` }).fill(name);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
}

const OTHERS = ['muon', 'adamw-small-batch', 'wide/7'];

export const ACTS = {
  crosshair: pointAtPlot,
  async zoom(page) {
    const box = await page.locator('#plot').boundingBox();
    await page.mouse.move(box.x + 300, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y + 150, { steps: 4 });
    await page.mouse.up();
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
  },
  async bestSchedule(page) {
    await page.locator('#what-if > summary').click();
    await page.getByRole('button', { name: 'Best schedule' }).click();
  },
  overlay: (page) => pick(page, 'runs', OTHERS),
  async hover(page) {
    await pick(page, 'runs', OTHERS);
    await page.waitForTimeout(400);
    await pointAtPlot(page);
  },
  pickRuns: (page) => page.locator('#pick-runs > button').click(),
  async pickSeries(page) {
    await page.locator('#pick-series > button').click();
    await page.waitForTimeout(200);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  },
  async strips(page) {
    await pick(page, 'series', ['grad', 'through']);
    await page.waitForTimeout(400);
    await pointAtPlot(page);
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
  },
  marker: (page) => page.locator('.marker').first().click(),
  async wsd(page) {
    await page.locator('#form-family').selectOption('wsd-linear');
    await page.locator('#form-peakLr').fill('abc');
    await page.getByRole('button', { name: 'Forecast', exact: true }).click();
  },
};
