// The run panel with 4000 points in three series: first drawing, appends, layout shift.
import { frameTimes, openMeasured, printTimes } from './page.mjs';

const ROUNDS = 30;

export async function measure(world) {
  const page = await openMeasured(world, { panel: 'run' });
  await page.waitForTimeout(300);
  console.log('first drawing', await page.evaluate(() => window.dev.timings()));
  printTimes('frames of the start', await frameTimes(page));
  console.log('layout shift at the start', await page.evaluate(() => window.shift));
  const appends = await page.evaluate(async (rounds) => {
    const times = [];
    for (let round = 0; round < rounds; round++) times.push(await window.dev.timed(() => window.dev.grow(4)));
    return times;
  }, ROUNDS);
  printTimes('append to drawn', appends);
  printTimes('frames while appending', await frameTimes(page));
  console.log('layout shift after appends', await page.evaluate(() => window.shift));
  await page.close();
}
