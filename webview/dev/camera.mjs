// Takes pictures of a panel outside of the editor, and fails on errors in the console or a page wider than its window.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../../tools/realcode/code.mjs';
import { bundlePanels, serve } from './server.mjs';

const ARTIFACTS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts');

/**
 * Takes those of `shots` whose name has the argument of the script: each is `{scenario, theme, width, height?, act?}`, where `act`
 * names one of `acts`. The pictures lie in `artifacts/PANEL`.
 */
export async function takePictures(panel, shots, acts) {
  const filter = process.argv[2] ?? '';
  const out = path.join(ARTIFACTS, panel);
  fs.mkdirSync(out, { recursive: true });
  console.log(await bundlePanels({ minify: true }));
  const { url, stop } = await serve();
  const browser = await startBrowser();
  const faults = [];
  try {
    for (const shot of shots) {
      const name = [shot.scenario, shot.theme, shot.width, shot.act].filter(Boolean).join('-');
      if (!name.includes(filter)) continue;
      const complain = (text) => faults.push(`${name}: ${text}`);
      await take(browser, `${url}?panel=${panel}&scenario=${shot.scenario}&theme=${shot.theme}`, {
        ...shot,
        act: acts[shot.act],
        file: path.join(out, `${name}.png`),
        complain,
      });
    }
  } finally {
    await browser.close();
    stop();
  }
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

async function take(browser, address, { scenario, width, height = 900, act, file, complain }) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1 });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(message.text()));
  page.on('pageerror', (error) => complain(error.stack ?? error.message));
  await page.goto(address);
  if (scenario !== 'loading')
    await page
      .locator('#app:not([data-state="loading"])')
      .waitFor({ timeout: 5000 })
      .catch(() => complain('still loading'));
  await page.waitForTimeout(250);
  await act?.(page);
  await page.waitForTimeout(150);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) complain(`${wide} px wider than the window`);
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}
