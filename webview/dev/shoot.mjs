// Takes pictures of a panel in every theme, width and state into artifacts/PANEL: `node webview/dev/shoot.mjs PANEL [FILTER]`.
// Fails on errors in the console or a page wider than its window.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../tools/realcode/run.mjs';
import { openState, stillPicture, withPanels } from './panelPage.mjs';

/** Pictures that must be equal to the one before: what a panel does later than that, it does by itself. */
const STILL = 2;

const [panel = 'run', filter = ''] = process.argv.slice(2);
const { SHOTS, ACTS } = await import(`./shots/${panel}.mjs`);
const out = path.join(ROOT, 'artifacts', panel);
const nameOf = ({ scenario, theme, width, act }) => [scenario, theme, width, act].filter(Boolean).join('-');

fs.mkdirSync(out, { recursive: true });
await withPanels(async (world) => {
  console.log(world.sizes);
  for (const shot of SHOTS.filter((each) => nameOf(each).includes(filter))) {
    for (const fault of await take(world, shot)) {
      console.log(`${nameOf(shot)}: ${fault}`);
      process.exitCode = 1;
    }
  }
});

/** A shot is `{scenario, theme, width, height?, act?}`; one with a height is of the window alone. Returns what is wrong. */
async function take(world, shot) {
  const { scenario, theme, width, height, act } = shot;
  const { page, faults } = await openState(world, { panel, scenario, theme, size: { width, height: height ?? 900 } });
  try {
    await stillPicture(page, { still: 1 });
    if (act !== undefined) await ACTS[act](page);
    const picture = await stillPicture(page, { still: STILL, fullPage: height === undefined });
    fs.writeFileSync(path.join(out, `${nameOf(shot)}.png`), picture);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    return wide > 0 ? [...faults, `${wide} px wider than the window`] : faults;
  } catch (error) {
    return [...faults, error.message];
  } finally {
    await page.close();
  }
}
