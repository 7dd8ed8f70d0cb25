// Measures the run panel in a browser: first drawing of 4000 points in three series, appends, layout shift, keys.
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

const ROUNDS = 30;

console.log(await bundlePanels({ minify: true }));
const { url, stop } = await serve();
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on('pageerror', (error) => console.log(`fault: ${error.stack}`));
  page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
  await page.addInitScript(() => {
    window.frameTimes = [];
    const request = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) =>
      request((time) => {
        const start = performance.now();
        callback(time);
        window.frameTimes.push(performance.now() - start);
      });
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${url}?scenario=large&theme=dark`);
  await page.locator('#app[data-state="ready"]').waitFor();
  await page.waitForTimeout(300);
  console.log('first drawing', await page.evaluate(() => window.dev.timings()));
  console.log(
    'longest frame',
    await page.evaluate(() => `${Math.max(...window.frameTimes.splice(0)).toFixed(1)} ms of script`),
  );
  console.log('layout shift at the start', await page.evaluate(() => window.shift));
  const appends = await page.evaluate(async (rounds) => {
    const times = [];
    for (let round = 0; round < rounds; round++) times.push(await window.dev.timed(() => window.dev.grow(4)));
    return times.sort((a, b) => a - b);
  }, ROUNDS);
  console.log(`append to drawn: median ${appends[ROUNDS / 2].toFixed(1)} ms, worst ${appends.at(-1).toFixed(1)} ms`);
  const frames = await page.evaluate(() => window.frameTimes.sort((a, b) => a - b));
  console.log(
    `frames while appending: median ${frames[frames.length >> 1].toFixed(1)} ms, worst ${frames.at(-1).toFixed(1)} ms`,
  );
  console.log('layout shift after appends', await page.evaluate(() => window.shift));
  await keys(page);
} finally {
  await browser.close();
  stop();
}

async function keys(page) {
  await page.locator('#plot').focus();
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(50);
    console.log(key.padEnd(11), await page.locator('.step-value').textContent());
  }
  await page.waitForTimeout(400);
  console.log('spoken     ', await page.locator('#readout').textContent());
  await page.keyboard.press('+');
  await page.waitForTimeout(400);
  console.log('zoomed     ', await page.locator('.zoom-chip').textContent());
  await page.keyboard.press('Escape');
  await page.waitForTimeout(100);
  console.log('all again  ', !(await page.locator('.zoom-chip').isVisible()));
  for (const name of ['PNG', 'CSV']) {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name }).click();
  }
  await page.waitForTimeout(300);
  const sent = await page.evaluate(() =>
    window.dev.sent
      .filter(({ name }) => name?.startsWith('host/'))
      .map(({ name, body }) => ({ name, size: JSON.stringify(body).length })),
  );
  console.log(sent.slice(-3));
  console.log('summary    ', await page.locator('#summary').textContent());
}
