// The spectra panel with 80 layers, 7 kinds and 40 checkpoints: first drawing, keys, other measures. Script per frame.
import { frameTimes, openMeasured, printTimes } from './page.mjs';

const ROUNDS = 20;

export async function measure(world) {
  const page = await openMeasured(world, { panel: 'spectra', drawn: 'done' });
  await page.waitForTimeout(500);
  console.log(`cells ${await page.locator('.map-part td').count()}`);
  printTimes('first drawing', await frameTimes(page));
  await page.getByRole('gridcell').first().focus();
  for (let round = 0; round < ROUNDS; round++) {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(30);
  }
  printTimes('choosing a cell', busy(await frameTimes(page)));
  for (const measure of ['sigma1', 'alpha', 'concentration', 'spikes', 'utilization']) {
    await page.locator('#measure').selectOption(measure);
    await page.waitForTimeout(60);
  }
  printTimes('another measure', busy(await frameTimes(page)));
  await page.close();
}

/** Times of frames in which something was drawn. */
function busy(times) {
  return times.filter((time) => time > 0.5);
}
