// Compares pictures of the panels with those of before.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PICTURE_SIZES, PICTURE_THEMES, PICTURES } from '../../test/pages/states.mjs';
import { openState, stillPicture } from '../../webview/dev/panelPage.mjs';
import { ROOT } from '../realcode/run.mjs';

const REFERENCES = path.join(ROOT, 'test/pages/references');
const FINGERPRINT = path.join(REFERENCES, 'fingerprint.txt');
const ARTIFACTS = path.join(ROOT, 'artifacts/pages');

/** Difference of a colour channel, of 255, that the eye does not see. */
const TOLERANCE = 24;

/** Share of the pixels that may differ by more: less than one letter. */
const MAX_SHARE = 0.0005;

/** Every picture that is compared. */
export const ALL_PICTURES = PICTURES.flatMap((state) =>
  PICTURE_THEMES.flatMap((theme) => PICTURE_SIZES.map((size) => ({ ...state, theme, size }))),
);

export function nameOf({ panel, scenario, theme, size }) {
  return [panel, scenario, theme, size?.width].filter(Boolean).join('-');
}

/** The machine that drew the references. */
export function referenceFingerprint() {
  return fs.existsSync(FINGERPRINT) ? fs.readFileSync(FINGERPRINT, 'utf8').trim() : undefined;
}

/** Writes the references anew; those of states that are no longer shown go. */
export async function renew(world, fingerprint) {
  fs.rmSync(REFERENCES, { recursive: true, force: true });
  fs.mkdirSync(REFERENCES, { recursive: true });
  for (const state of ALL_PICTURES) {
    fs.writeFileSync(path.join(REFERENCES, `${nameOf(state)}.png`), await pictureOf(world, state));
  }
  fs.writeFileSync(FINGERPRINT, `${fingerprint}\n`);
}

/** `undefined` when a state looks as it did; else what differs, with the pictures in artifacts/pages. */
export async function difference(world, state) {
  const name = nameOf(state);
  const file = path.join(REFERENCES, `${name}.png`);
  if (!fs.existsSync(file)) return 'there is no picture of before';
  const [before, now] = [fs.readFileSync(file), await pictureOf(world, state)];
  if (before.equals(now)) return undefined;
  const { share, marked } = await compared(world, before, now);
  if (share <= MAX_SHARE) return undefined;
  fs.mkdirSync(ARTIFACTS, { recursive: true });
  fs.writeFileSync(path.join(ARTIFACTS, `${name}.png`), now);
  if (marked === undefined) return `another size; see artifacts/pages/${name}.png`;
  fs.writeFileSync(path.join(ARTIFACTS, `${name}-difference.png`), Buffer.from(marked, 'base64'));
  return `${(100 * share).toFixed(2)} % of the pixels differ; see artifacts/pages/${name}-difference.png`;
}

async function pictureOf(world, state) {
  const { page, faults } = await openState(world, state);
  try {
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return await stillPicture(page);
  } finally {
    await page.close();
  }
}

/** Share of differing pixels, and the new picture with them in red. The browser decodes: no library is needed. */
async function compared({ browser }, before, now) {
  const page = await browser.newPage();
  const pictures = [before, now].map((picture) => `data:image/png;base64,${picture.toString('base64')}`);
  const result = await page.evaluate(comparePixels, { pictures, tolerance: TOLERANCE });
  await page.close();
  return result;
}

/** Runs in the browser. */
async function comparePixels({ pictures, tolerance }) {
  const decode = async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    return { canvas, pen, pixels: pen.getImageData(0, 0, image.width, image.height) };
  };
  const [before, now] = await Promise.all(pictures.map(decode));
  if (before.canvas.width !== now.canvas.width || before.canvas.height !== now.canvas.height) return { share: 1 };
  const [a, b] = [before.pixels.data, now.pixels.data];
  let differing = 0;
  for (let i = 0; i < a.length; i += 4) {
    if ([0, 1, 2].every((c) => Math.abs(a[i + c] - b[i + c]) <= tolerance)) continue;
    differing++;
    b.set([255, 0, 0, 255], i);
  }
  now.pen.putImageData(now.pixels, 0, 0);
  return { share: differing / (a.length / 4), marked: now.canvas.toDataURL().split(',')[1] };
}
