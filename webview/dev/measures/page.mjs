// A page that counts what it spends.
import { openState } from '../panelPage.mjs';

/**
 * Opens the large state of a panel when it is in the state `drawn`. The page keeps the milliseconds of script of each frame in
 * `frameTimes` and its layout shift in `shift`; what it complained of is printed when it is closed.
 */
export async function openMeasured(world, { panel, drawn = 'ready' }) {
  const size = { width: 1400, height: 900 };
  const { page, faults } = await openState(world, { panel, scenario: 'large', theme: 'dark', size }, (blank) =>
    blank.addInitScript(count),
  );
  page.on('close', () => console.log(`faults: ${faults.length}`, ...faults));
  await page.locator(`#app[data-state="${drawn}"]`).waitFor();
  return page;
}

/** Runs in the browser. */
function count() {
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
}

/** The times of the frames since the last call. */
export function frameTimes(page) {
  return page.evaluate(() => window.frameTimes.splice(0));
}

/** Prints the median, the 95th percentile and the worst of `times`, in milliseconds. */
export function printTimes(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1).padStart(6);
  console.log(`${what.padEnd(26)} median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms of ${sorted.length}`);
}
