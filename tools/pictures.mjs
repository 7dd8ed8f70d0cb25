// Takes the pictures of the README and the walkthrough from the product itself: the packed extension on the sample run in a
// real VS Code. `node tools/pictures.mjs [readme|walkthrough]`.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createWorkspace, syntheticLog } from '../test/journeys/workspace.mjs';
import { packExtension } from './package.mjs';
import {
  chooseTheme,
  openContainer,
  openFile,
  openWorkbench,
  runCommand,
  startBrowser,
  startCode,
  tempFolder,
  treeItem,
} from './realcode/code.mjs';
import { openRun, runPanel } from './realcode/panel.mjs';
import { ROOT } from './realcode/run.mjs';

/** Lines of the sample that are appended before a picture is taken: the run stands in its middle. */
const LINES = 150;

/** Time for a drawing to settle: bands, labels, tooltips that fade. */
const SETTLE_MS = 3000;

/** The Runs view and nothing of the editor beside it. */
const RUNS_CLIP = { x: 0, y: 36, width: 640, height: 300 };

const THEMES = { dark: 'Dark Modern', light: 'Light Modern' };

const SETS = {
  async readme(browser, code) {
    const page = await openWorkbench(browser, code, { viewport: { width: 1500, height: 1000 } });
    await chooseTheme(page, THEMES.dark);
    await openFile(page, 'train.py');
    await openRun(page, 'gpt-124m');
    await runCommand(page, 'View: Close Primary Side Bar');
    await settled(page);
    await shoot(page, 'run-panel.png');
  },

  async walkthrough(browser, code) {
    const page = await openWorkbench(browser, code, { viewport: { width: 1200, height: 900 } });
    await openContainer(page, 'Lossline');
    await treeItem(page, /gpt-124m/)
      .first()
      .click();
    await widenSideBar(page, RUNS_CLIP.width);
    for (const [kind, theme] of Object.entries(THEMES)) {
      await chooseTheme(page, theme);
      await settled(page);
      await shoot(page, `walkthrough/runs-${kind}.png`, RUNS_CLIP);
    }
    await runCommand(page, 'View: Close Primary Side Bar');
    await walkPanel(page, 'forecast');
    const drawer = runPanel(page).frame.locator('#what-if');
    await drawer.locator('summary').click();
    await drawer.locator('#what-if-shape').selectOption('1-sqrt');
    await drawer.locator('#what-if-decayStart').fill('20000');
    await drawer.scrollIntoViewIfNeeded();
    await walkPanel(page, 'whatIf');
  },
};

/** Drags the border between the side bar and the editor to `to`. */
async function widenSideBar(page, to) {
  const { x, width } = await page.locator('.part.sidebar').boundingBox();
  await page.mouse.move(x + width, 500);
  await page.mouse.down();
  await page.mouse.move(to, 500, { steps: 5 });
  await page.mouse.up();
}

/** The panel in each theme, without the window around it. */
async function walkPanel(page, name) {
  const { x, y, width, height } = await page.locator('iframe.webview.ready:visible').boundingBox();
  for (const [kind, theme] of Object.entries(THEMES)) {
    await chooseTheme(page, theme);
    await page.mouse.move(width / 2, 2);
    await page.waitForTimeout(SETTLE_MS);
    await shoot(page, `walkthrough/${name}-${kind}.png`, { x, y, width, height: Math.min(height, (width * 3) / 4) });
  }
}

/** A drawn forecast, and the mouse away from every button: no tooltip is in the picture. */
async function settled(page) {
  await runPanel(page).drawn();
  await page.mouse.move(400, 700);
  await page.waitForTimeout(SETTLE_MS);
}

async function shoot(page, name, clip) {
  const file = path.join(ROOT, 'media', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file, clip });
  console.log(`media/${name} ${(fs.statSync(file).size / 1000).toFixed(0)} kB`);
}

const wanted = process.argv[2] ?? '';
const { file } = await packExtension();
const browser = await startBrowser();
try {
  for (const [name, take] of Object.entries(SETS)) {
    if (!name.includes(wanted)) continue;
    const { dir, remove } = tempFolder('pictures');
    const workspace = createWorkspace(path.join(dir, 'workspace'));
    workspace.append(LINES);
    if (name === 'walkthrough') {
      const finished = path.join(workspace.dir, 'runs/baseline');
      fs.mkdirSync(finished, { recursive: true });
      fs.writeFileSync(path.join(finished, 'metrics.jsonl'), syntheticLog({ total: 25_000, every: 50 }));
    }
    const code = await startCode({ workspace: workspace.dir, extensions: [file] });
    try {
      await take(browser, code);
    } finally {
      await code.stop();
      remove();
    }
  }
} finally {
  await browser.close();
}
