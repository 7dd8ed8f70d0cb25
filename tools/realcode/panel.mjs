// Looking at the run panel from outside.
import { runCommand, until, webview } from './page.mjs';

/** The run panel of the window: its state, its drawing and how it changes. */
export function runPanel(page) {
  const frame = webview(page);
  const app = frame.locator('#app');
  const panel = {
    frame,
    app,
    state: () => app.evaluate((element) => ({ ...element.dataset, points: Number(element.dataset.points) })),
    ink: (selector) => frame.locator(selector).evaluate(countInk),
    /** Waits for a forecast that is both stated and drawn. */
    async drawn() {
      await until('a panel with a forecast', async () => isForecast(await panel.state()), { every: 20 });
      await until('ink on the loss canvas', async () => (await panel.ink('canvas#loss')) > 200, { every: 20 });
      return panel.state();
    },
    /** Records when attributes of #app change, by the clock of this machine. */
    async watch() {
      await app.evaluate((element) => {
        window.seenChanges = [];
        const note = () => window.seenChanges.push({ at: Date.now(), ...element.dataset });
        new MutationObserver(note).observe(element, { attributes: true });
      });
    },
    changes: () => app.evaluate(() => window.seenChanges),
  };
  return panel;
}

/** Opens the panel of a run by command; where several runs are offered, of the one whose name has `name`. */
export async function openRun(page, name = '') {
  await runCommand(page, 'Lossline: Open Run');
  const panel = page.locator('iframe.webview.ready:visible');
  const choice = page.getByPlaceholder('Which run?');
  await until('the panel or a choice of runs', async () => (await panel.count()) > 0 || choice.isVisible());
  if (await choice.isVisible())
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
}

function isForecast({ state, forecast }) {
  return state === 'ready' && Number.isFinite(Number.parseFloat(forecast));
}

/** Number of pixels that are neither clear nor of the commonest colour. */
function countInk(canvas) {
  if (canvas.width === 0 || canvas.height === 0) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  return pixels.length - Math.max(...counts.values());
}
