// The panel in every kind of theme: drawn, and readable to the eye in the pictures that are kept.
import { chooseTheme, until } from '../../tools/realcode/code.mjs';
import { openRun, runPanel } from '../../tools/realcode/panel.mjs';

const THEMES = [
  { kind: 'dark', theme: 'Dark Modern', mark: 'vscode-dark' },
  { kind: 'light', theme: 'Light Modern', mark: 'vscode-light' },
  { kind: 'high-contrast', theme: 'Dark High Contrast', mark: 'vscode-high-contrast' },
  { kind: 'high-contrast-light', theme: 'Light High Contrast', mark: 'vscode-high-contrast-light' },
];

export default async function themes({ page, step, shot, assert }) {
  const panel = runPanel(page);
  await step('the panel draws a forecast', async () => {
    await openRun(page);
    await panel.drawn();
  });
  const corners = new Set();
  for (const { kind, theme, mark } of THEMES) {
    await step(kind, async () => {
      await chooseTheme(page, theme);
      await panel.frame.locator(`body.${mark}`).waitFor();
      const ink = await until('ink on the loss canvas', () => panel.ink('canvas#loss'));
      corners.add(await inkColour(panel));
      await shot(kind);
      return `${ink} pixels of ink`;
    });
  }
  assert.ok(corners.size >= 2, 'the drawing has the same colours in every theme');
}

/** The two commonest colours on the canvas, after the background. */
function inkColour(panel) {
  return panel.frame.locator('canvas#loss').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    return sorted
      .slice(1, 3)
      .map(([pixel]) => pixel)
      .join();
  });
}
