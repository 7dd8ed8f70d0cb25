// Opens a real editor with the extension on the sample workspace, in which a recorded run trains on before your eyes.
// --browser or --desktop chooses the editor; --check looks at it with a headless browser, keeps a picture and ends.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packExtension } from './package.mjs';
import { startBrowser } from './realcode/browser.mjs';
import { onExit, tempFolder } from './realcode/cleanup.mjs';
import { findDesktop, hasScreen, openDesktop } from './realcode/openDesktop.mjs';
import { openWorkbench, plain, screenshot, until } from './realcode/page.mjs';
import { runPanel } from './realcode/panel.mjs';
import { finish } from './realcode/report.mjs';
import { findOnPath, ROOT } from './realcode/run.mjs';
import { startCode } from './realcode/server.mjs';
import { prepareReplay, startReplay } from './replay.mjs';

/** Tells the extension to open the panel of the first run it finds. */
const ENV = { LOSSLINE_OPEN_RUN: '1' };
const WHAT_TO_SEE = `
The panel shows a training run that is still going on: its loss, the forecast to its planned end with 80 % and 95 %
bands, and the learning rate below. New log lines arrive while you look. Try "Lossline: Predict Final Loss" in the
command palette (F1), the Lossline icon at the left edge, and the mouse over learning_rate in train.py.
`;

const chosen = new Set(process.argv.slice(2));
console.log('Building Lossline');
const { file: vsix } = await packExtension();
if (chosen.has('--check')) await check();
else if (!chosen.has('--browser') && (chosen.has('--desktop') || hasScreen())) await desktop();
else await browser();

/** The folder outlives this program on purpose if that ends first: the window still shows it. */
async function desktop() {
  let cli;
  try {
    cli = await findDesktop();
  } catch (error) {
    console.log(`Desktop VS Code could not be had (${error.message}): using the browser.`);
    return browser();
  }
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-desktop-'));
  const workspace = recording(path.join(profile, 'sample'));
  const closed = openDesktop({ cli, vsix, profile, workspace: workspace.dir, env: ENV });
  const replay = startReplay(workspace);
  console.log(`Opening VS Code on ${workspace.dir}\n${WHAT_TO_SEE}\nThis ends when the window is closed.`);
  await closed;
  replay.stop();
  fs.rmSync(profile, { recursive: true, force: true });
}

async function browser() {
  const workspace = sample();
  const code = await startCode({ workspace: workspace.dir, extensions: [vsix], env: ENV });
  const shown = showInBrowser(code.url);
  console.log(`\n${shown ? 'Opening' : 'Open'} ${code.url}\n${WHAT_TO_SEE}\nCtrl+C ends it.`);
  await until('somebody to open the page', code.inUse, { limit: Number.POSITIVE_INFINITY, every: 500 });
  const { done } = startReplay(workspace);
  if (await done) console.log('The recorded run has ended; the editor stays open.');
  await new Promise(() => setInterval(() => {}, 60_000));
}

async function check() {
  const workspace = sample();
  const code = await startCode({ workspace: workspace.dir, extensions: [vsix], env: ENV });
  const chromium = await startBrowser();
  try {
    await look(chromium, code, workspace);
    finish(1, 0);
  } catch (error) {
    console.log(error.stack);
    finish(0, 1);
  } finally {
    await chromium.close();
    await code.stop();
    workspace.remove();
  }
}

async function look(chromium, code, workspace) {
  const asked = Date.now();
  let replay;
  try {
    const page = await openWorkbench(chromium, code);
    const ready = Date.now();
    replay = startReplay(workspace);
    const panel = runPanel(page);
    const first = await panel.drawn();
    const drawn = Date.now();
    console.log(
      `window ready ${ready - asked} ms after the page was asked for, forecast drawn ${drawn - ready} ms later`,
    );
    await until('the replay to reach the panel', async () => (await panel.state()).points > first.points);
    const text = plain((await panel.frame.locator('#forecast-value').allInnerTexts()).join());
    console.log(`forecast after ${first.points} points: ${text}`);
  } finally {
    replay?.stop();
    const page = chromium.contexts()[0]?.pages()[0];
    if (page) console.log(`picture: ${path.relative(ROOT, await screenshot(page, 'start'))}`);
  }
}

function sample() {
  const { dir, remove } = tempFolder('sample');
  return { ...recording(path.join(dir, 'sample')), remove };
}

function recording(dir) {
  return { ...prepareReplay(path.join(ROOT, 'media/sample'), dir), dir };
}

/** Opens the user's own browser where there is one. */
function showInBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : findOnPath('xdg-open');
  if (!opener || !hasScreen()) return false;
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  onExit(() => child.kill());
  return true;
}
