// Finds, installs and starts the browser that drives the editor.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { findOnPath, plainEnv, ROOT, run, succeeds } from './run.mjs';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'microsoft-edge'];
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

/** Executable of a browser that really starts, or undefined. */
export function findBrowser() {
  const chosen = process.env.LOSSLINE_BROWSER;
  if (chosen) {
    if (works(chosen)) return chosen;
    throw new Error(`LOSSLINE_BROWSER is ${chosen}, which does not start.`);
  }
  return candidates().find(works);
}

function candidates() {
  const found = NAMES.map(findOnPath);
  if (process.platform === 'linux') found.push(...NAMES.map((name) => `/usr/bin/${name}`));
  if (process.platform === 'darwin')
    found.push(...MAC.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`));
  found.push(...playwrightBrowsers());
  return [...new Set(found)].filter((file) => file && fs.existsSync(file));
}

/** Browsers that Playwright has downloaded, its own version first. */
function playwrightBrowsers() {
  const own = chromium.executablePath();
  const cache = own && path.resolve(own, '../../..');
  if (!cache || !fs.existsSync(cache)) return [];
  const folders = fs.readdirSync(cache).filter((name) => name.startsWith('chromium-'));
  const inside = path.relative(path.resolve(own, '../..'), own);
  return [own, ...folders.map((name) => path.join(cache, name, inside))];
}

/** Some distributions put a stub in /usr/bin that only says where to get the browser: ask for the version. */
function works(file) {
  return succeeds(file, ['--version'], { env: plainEnv() });
}

/** Installs a browser with the package manager, or with Playwright; returns its executable. */
export async function installBrowser() {
  const problems = [];
  for (const [how, install] of [
    ['apt-get', withApt],
    ['Playwright', withPlaywright],
  ]) {
    try {
      const skipped = await install();
      const found = findBrowser();
      if (found) return found;
      problems.push(`${how}: ${skipped ?? 'installed, but no browser starts'}`);
    } catch (error) {
      problems.push(`${how}: ${error.message}`);
    }
  }
  throw new Error(
    `No browser found and none could be installed.\n${problems.join('\n')}\n` +
      'Install Chromium or Google Chrome, or set LOSSLINE_BROWSER to the executable of one.',
  );
}

async function withApt() {
  if (!findOnPath('apt-get')) return 'not on this machine';
  const root = process.getuid?.() === 0;
  if (!root && !succeeds('sudo', ['-n', 'true'])) return 'needs root or sudo without a password';
  const apt = (...args) => {
    // Another package manager may be at work, as on a machine that has just booted: wait for it.
    const command = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-q',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...args,
    ];
    if (!root) command.unshift('sudo', '-n');
    return run(command[0], command.slice(1), { quiet: true, env: plainEnv() });
  };
  console.log('Installing Chromium with apt-get: about 115 MB to download, 415 MB on disk');
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', 'chromium');
  return undefined;
}

async function withPlaywright() {
  console.log('Downloading Chromium with Playwright: about 170 MB');
  const cli = path.join(ROOT, 'node_modules/playwright-core/cli.js');
  const dependencies = process.platform === 'linux' && process.getuid?.() === 0 ? ['--with-deps'] : [];
  await run(process.execPath, [cli, 'install', ...dependencies, 'chromium'], { quiet: true, env: plainEnv() });
  return undefined;
}

/** Starts the browser without a window. */
export async function startBrowser() {
  const executablePath = findBrowser() ?? (await installBrowser());
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
