// Measures the spectra panel in a browser with 80 layers, 7 kinds and 40 checkpoints: first drawing, keys, arriving results.
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

const ROUNDS = 20;

console.log(await bundlePanels({ minify: true }));
const { url, stop } = await serve();
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.addInitScript(() => {
    window.frameTimes = [];
    const request = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) =>
      request((time) => {
        const start = performance.now();
        callback(time);
        window.frameTimes.push(performance.now() - start);
      });
  });
  await page.goto(`${url}?panel=spectra&scenario=large&theme=dark`);
  await page.locator('#app[data-state="done"]').waitFor();
  await page.waitForTimeout(500);
  const longest = () => page.evaluate(() => Math.max(0, ...window.frameTimes.splice(0)));
  console.log(`cells ${await page.locator('.map-part td').count()}`);
  console.log(`first drawing: longest frame ${(await longest()).toFixed(1)} ms of script`);
  await page.getByRole('gridcell').first().focus();
  for (let round = 0; round < ROUNDS; round++) {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(30);
  }
  report('choosing a cell', await page.evaluate(() => window.frameTimes.splice(0)));
  for (const measure of ['sigma1', 'alpha', 'concentration', 'spikes', 'utilization']) {
    await page.locator('#measure').selectOption(measure);
    await page.waitForTimeout(60);
  }
  report('another measure', await page.evaluate(() => window.frameTimes.splice(0)));
} finally {
  await browser.close();
  stop();
}

function report(what, times) {
  const sorted = times.filter((time) => time > 0.5).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1);
  console.log(`${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms of script in ${sorted.length} frames`);
}
