// Plays test/journeys/*.mjs: the packed extension in a real VS Code, used with mouse and keyboard like anybody would.
import strict from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createWorkspace } from '../../test/journeys/workspace.mjs';
import { packExtension } from '../package.mjs';
import { packActivationClock } from './activationClock.mjs';
import { startBrowser } from './browser.mjs';
import { tempFolder } from './cleanup.mjs';
import { openWorkbench, screenshot } from './page.mjs';
import { finish } from './report.mjs';
import { ROOT, withLimit } from './run.mjs';
import { startCode } from './server.mjs';

const FOLDER = path.join(ROOT, 'test/journeys');
/** For one journey: a minute where nothing else runs. */
const LIMIT_MS = 400_000;
const HELPERS = ['workspace.mjs'];

/** Complaints of an editor without native modules and accounts: nothing that a journey needs. */
const NOISE = /bindings file|watchdog|status of 404|provider 'github'/;

const filter = process.argv[2] ?? '';
const names = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.mjs') && !HELPERS.includes(name));
const chosen = names.filter((name) => name.includes(filter)).sort();

const { file: vsix } = await packExtension();
const browser = await startBrowser();
let failed = 0;
try {
  for (const name of chosen) {
    if (!(await play(path.basename(name, '.mjs')))) failed++;
  }
} finally {
  await browser.close();
}
finish(chosen.length - failed, failed);

/** One journey: its own server, its own copy of the workspace. */
async function play(name) {
  console.log(`\n${name}`);
  const journey = await import(pathToFileURL(path.join(FOLDER, `${name}.mjs`)).href);
  const { fill = createWorkspace, settings, env, activationClock } = journey.options ?? {};
  const { dir, remove } = tempFolder('journey');
  const scene = { name, complaints: new Set() };
  try {
    const workspace = await fill(path.join(dir, 'workspace'));
    const watch = activationClock ? await packActivationClock(dir) : undefined;
    const extensions = [vsix, ...(watch?.extensions ?? [])];
    scene.code = await startCode({ workspace: workspace.dir, extensions, settings, env: { ...env, ...watch?.env } });
    const opened = Date.now();
    scene.page = await openWorkbench(browser, scene.code, { prepare: (page) => listen(page, scene) });
    const clock = { opened, ready: Date.now(), active: watch?.read };
    console.log(`  window ready ${clock.ready - opened} ms after the page was asked for`);
    const tools = { step: stepper(scene), shot: (label) => screenshot(scene.page, `${name}-${label}`), assert: strict };
    await withLimit(journey.default({ ...tools, page: scene.page, code: scene.code, workspace, clock }), LIMIT_MS);
    return true;
  } catch (error) {
    await explain(scene, error);
    return false;
  } finally {
    await scene.page?.context().close();
    await scene.code?.stop();
    remove();
  }
}

function stepper(scene) {
  return async (title, action) => {
    scene.step = title;
    const started = performance.now();
    const result = await action();
    const note = typeof result === 'string' ? `: ${result}` : '';
    console.log(`  ok   ${title}${note} (${Math.round(performance.now() - started)} ms)`);
    return result;
  };
}

function listen(page, scene) {
  scene.page = page;
  const note = (text) => {
    if (!NOISE.test(text)) scene.complaints.add(text.slice(0, 400));
  };
  page.on('pageerror', (error) => note(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') note(message.text());
  });
}

async function explain(scene, error) {
  console.log(`  FAIL ${scene.step ?? 'start'}\n${error.stack ?? error}`);
  if (scene.page) console.log(`  picture: ${await screenshot(scene.page, `failed-${scene.name}`).catch(String)}`);
  for (const complaint of [...scene.complaints].slice(-15)) console.log(`  console: ${complaint}`);
}
