// How this machine draws letters: pictures can be compared only where they are drawn alike.
import { createHash } from 'node:crypto';

/** Letters, figures and signs of the panels, in their fonts and weights. */
const SAMPLE = 'Forecast final loss 3.0214 ± 0.0137 · η σ √ → − × Ωß';
const FONTS = ['13px sans-serif', '600 20px sans-serif', '12px monospace'];

/** A short name for fonts, their rasterisation and the version of the browser. */
export async function fingerprint(browser) {
  const page = await browser.newPage({ deviceScaleFactor: 1 });
  const drawn = await page.evaluate(
    ({ sample, fonts }) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [600, 40 * fonts.length];
      const pen = canvas.getContext('2d');
      fonts.forEach((font, i) => {
        pen.font = font;
        pen.fillText(sample, 4, 40 * i + 26);
      });
      return canvas.toDataURL();
    },
    { sample: SAMPLE, fonts: FONTS },
  );
  await page.close();
  const major = browser.version().split('.')[0];
  return `${createHash('sha256').update(drawn).digest('hex').slice(0, 16)}-chromium-${major}`;
}
