// How long a person waits for the first forecast after the window is there.
import { statusItem } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';

/** From the extension's first sign of life to a drawn forecast. */
const LIMIT_MS = 3000;

export const options = { env: { LOSSLINE_OPEN_RUN: '1' } };

export default async function firstForecast({ page, clock, step, shot, assert }) {
  const active = statusItem(page, /Lossline|→/)
    .first()
    .waitFor()
    .then(() => Date.now());
  await step('the panel draws a forecast by itself', async () => {
    await runPanel(page).drawn();
    const drawn = Date.now();
    const waited = drawn - Math.min(await active, drawn);
    assert.ok(waited <= LIMIT_MS, `the forecast was drawn ${waited} ms after the extension was active`);
    return `${drawn - clock.opened} ms after the page was asked for, ${drawn - clock.ready} ms after the window was ready, ${waited} ms after the extension was active`;
  });
  await shot('drawn');
}
