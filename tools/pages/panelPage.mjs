// A panel outside of the editor, in the same state at each run: no clock, no animation, no caret.

/** When the pages believe to be opened. */
const NOW = new Date('2025-06-01T12:00:00Z');

const LIMIT_MS = 15_000;

/** Pictures that must be equal, one after the other, and the time between two. */
const STILL = 4;
const BEAT_MS = 250;

/** Opens one state of a panel and waits until it says that it is drawn; `faults` collects what the console complains of. */
export async function openState(browser, url, { panel, scenario, theme, size = { width: 1000, height: 900 } }) {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1, reducedMotion: 'reduce' });
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.clock.setFixedTime(NOW);
  await page.goto(`${url}?panel=${panel}&scenario=${scenario}&theme=${theme}`);
  const state = scenario === 'loading' ? '' : ':not([data-state="loading"])[data-state]';
  await page.locator(`#app${state}`).waitFor({ state: 'attached', timeout: LIMIT_MS });
  return { page, faults };
}

/** Waits until nothing has changed for a while: fonts and data are there and everything is drawn. */
export async function stillPicture(page) {
  let before = await page.screenshot();
  let equal = 0;
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    await page.waitForTimeout(BEAT_MS);
    const now = await page.screenshot();
    equal = now.equals(before) ? equal + 1 : 0;
    if (equal === STILL) return now;
    before = now;
  }
  throw new Error('The page does not stand still.');
}
