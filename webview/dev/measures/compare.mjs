// The compare panel with 500 made runs: first drawing, scrolling, pointing, filtering, updates.
import { openMeasured, printTimes } from './page.mjs';

const FRAMES = 100;

export async function measure(world) {
  for (const drawn of ['first', 'all']) await measureWith(world, drawn);
}

async function measureWith(world, drawn) {
  const page = await openMeasured(world, { panel: 'compare' });
  await page.waitForTimeout(800);
  if (drawn === 'all') await page.getByLabel(/Draw the first/).selectOption('all');
  await page.waitForTimeout(1500);
  const curves = await page.locator('#app').getAttribute('data-curves');
  console.log(`\n${curves} curves drawn`);
  if (drawn === 'first')
    console.log(`answer to first frame ${(await page.evaluate(() => window.dev.timings())).toFixed(0)} ms`);
  console.log(`layout shift ${await page.evaluate(() => window.shift.toFixed(4))}`);
  await frames(page, 'scrolling', (n) => {
    document.querySelector('.grid').scrollTop = n * 47;
  });
  await frames(page, 'pointing at rows', (n) => {
    const rows = [...document.querySelectorAll('.grid-body .row')];
    rows[n % rows.length].dispatchEvent(new MouseEvent('mousemove', { bubbles: true }));
  });
  await frames(page, 'pointing at curves', (n) => {
    const chart = document.querySelector('.chart-inner');
    const box = chart.getBoundingClientRect();
    const place = { clientX: box.left + 100 + ((n * 37) % (box.width - 150)), clientY: box.top + box.height * 0.6 };
    chart.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, ...place }));
  });
  await frames(page, 'updates of 40 live runs', () => window.dev.grow(40));
  await frames(page, 'typing a filter', (n) => {
    const filter = document.querySelector('#filter');
    filter.value = 'optimizer:muon lr>1e-4'.slice(0, n % 23);
    filter.dispatchEvent(new Event('input'));
  });
  await page.close();
}

/** What the page's thread spends on each of many frames, in its own time: what else the machine does is left out. */
async function frames(page, what, act) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const times = [];
  for (let n = 0; n < FRAMES; n++) {
    const before = await spent();
    await page.evaluate(`(async () => {
      (${act.toString()})(${n});
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    })()`);
    times.push((await spent()) - before);
  }
  await session.detach();
  printTimes(what, times);
}
