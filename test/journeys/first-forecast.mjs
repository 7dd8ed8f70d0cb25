// How long a person waits for the first forecast after the window is there.
import { until } from '../../tools/realcode/code.mjs';
import { runPanel } from '../../tools/realcode/panel.mjs';

/** What is promised, from activation to a drawn forecast, on a machine that has time. */
const TARGET_MS = 3000;

export const options = { env: { LOSSLINE_OPEN_RUN: '1' }, activationClock: true };

export default async function firstForecast({ page, clock, step, shot }) {
  await step('the panel draws a forecast by itself', async () => {
    await runPanel(page).drawn();
    const drawn = Date.now();
    const active = await until('the time of activation', clock.active);
    const since = [
      `${drawn - active} ms after activation (target ${TARGET_MS})`,
      `${drawn - clock.ready} ms after the window was ready`,
      `${drawn - clock.opened} ms after the page was asked for`,
    ];
    return since.join(', ');
  });
  await shot('drawn');
}
