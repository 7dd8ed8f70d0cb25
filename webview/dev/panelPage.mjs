// The panels as pages outside of the editor: served, opened in one of their states, and waited for.
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

/** When the pages believe to be opened. */
const NOW = new Date('2025-06-01T12:00:00Z');

/** Far above what a slow machine needs. */
const LIMIT_MS = 90_000;

/** Time between two pictures that are looked at for a change. */
const BEAT_MS = 250;

/** Bundles and serves the panels for as long as `look` takes; it is given `{browser, url, sizes}`, the sizes in bytes. */
export async function withPanels(look) {
  const sizes = await bundlePanels({ minify: true });
  const { url, stop } = await serve();
  const browser = await startBrowser();
  try {
    await look({ browser, url, sizes });
  } finally {
    await browser.close();
    stop();
  }
}

/** Makes a page look the same at each visit: its date stands still and nothing in it moves. */
async function stand(page) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.clock.setFixedTime(NOW);
}

/**
 * Opens one state of a panel and waits until it says that it is drawn; `faults` collects what the console complains of.
 * `prepare` is given the page before anything is loaded.
 */
export async function openState({ browser, url }, { panel, scenario, theme, size }, prepare = stand) {
  const page = await browser.newPage({ viewport: size ?? { width: 1000, height: 900 }, deviceScaleFactor: 1 });
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await prepare(page);
  await page.goto(`${url}?panel=${panel}&scenario=${scenario}&theme=${theme}`);
  const state = scenario === 'loading' ? '' : ':not([data-state="loading"])[data-state]';
  await page.locator(`#app${state}`).waitFor({ state: 'attached', timeout: LIMIT_MS });
  return { page, faults };
}

/** Waits until `still` pictures more are equal to the one before, so that fonts and data are there, and returns the last. */
export async function stillPicture(page, { still = 4, ...options } = {}) {
  let before = await page.screenshot(options);
  let equal = 0;
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    await page.waitForTimeout(BEAT_MS);
    const now = await page.screenshot(options);
    equal = now.equals(before) ? equal + 1 : 0;
    if (equal === still) return now;
    before = now;
  }
  throw new Error('The page does not stand still.');
}
