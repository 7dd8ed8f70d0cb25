// Takes the pictures of the README from the product itself: the packed extension on the sample run in a real VS Code.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createWorkspace } from '../test/journeys/workspace.mjs';
import { packExtension } from './package.mjs';
import {
  chooseTheme,
  openFile,
  openWorkbench,
  runCommand,
  startBrowser,
  startCode,
  tempFolder,
} from './realcode/code.mjs';
import { openRun, runPanel } from './realcode/panel.mjs';
import { ROOT } from './realcode/run.mjs';

/** Lines of the sample that are appended before the picture is taken: the run stands in its middle. */
const LINES = 150;

const { file } = await packExtension();
const browser = await startBrowser();
const { dir, remove } = tempFolder('pictures');
const workspace = createWorkspace(path.join(dir, 'workspace'));
workspace.append(LINES);
const code = await startCode({ workspace: workspace.dir, extensions: [file] });
try {
  const page = await openWorkbench(browser, code, { viewport: { width: 1500, height: 1000 } });
  await chooseTheme(page, 'Dark Modern');
  await openFile(page, 'train.py');
  await openRun(page);
  await runCommand(page, 'View: Close Primary Side Bar');
  const panel = runPanel(page);
  await panel.drawn();
  // Away from every button, so that no tooltip is in the picture.
  await page.mouse.move(400, 700);
  await page.waitForTimeout(3000);
  fs.mkdirSync(path.join(ROOT, 'media'), { recursive: true });
  await page.screenshot({ path: path.join(ROOT, 'media/run-panel.png') });
  console.log('media/run-panel.png');
} finally {
  await browser.close();
  await code.stop();
  remove();
}
