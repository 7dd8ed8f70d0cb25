// Installs a real VS Code that runs in a browser (code-server with its own Node) and finds a browser for it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findBrowser, installBrowser } from './browser.mjs';
import { onExit } from './cleanup.mjs';
import { isMain, npmCommand, plainEnv, run } from './run.mjs';

const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
const STAMP = '.complete';

/** Parts of the editor that no test or sample needs. */
const UNUSED = [
  'node_modules/@github/copilot',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
];

/** Paths of the installed editor; `LOSSLINE_EDITOR_HOME` moves the cache folder. */
export function editorPaths() {
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const home = path.resolve(process.env.LOSSLINE_EDITOR_HOME || path.join(cache, 'lossline'));
  const folder = path.join(home, `editor-${CODE_SERVER}-node-${NODE}`);
  return {
    home,
    folder,
    node: path.join(folder, 'node_modules', nodePackage(), 'bin/node'),
    entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

/** True where the editor can run at all. */
export function editorSupported() {
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
}

/** Installs the editor unless it is there already; returns its paths. */
export async function installEditor() {
  if (!editorSupported()) {
    throw new Error(
      `VS Code in the browser is set up for Linux on x64 and arm64, this is ${process.platform} on ${process.arch}. ` +
        'Use desktop VS Code instead: npm run test:desktop.',
    );
  }
  const paths = editorPaths();
  if (fs.existsSync(path.join(paths.folder, STAMP))) return paths;
  console.log(`Installing VS Code for the browser: code-server ${CODE_SERVER} with Node ${NODE}`);
  console.log(`  250 MB to download, 500 MB on disk, half a minute or more, into ${paths.folder}`);
  const started = Date.now();
  const temp = path.join(paths.home, `.installing-${process.pid}`);
  const discard = onExit(() => fs.rmSync(temp, { recursive: true, force: true }));
  try {
    await download(temp);
    moveIntoPlace(temp, paths.folder);
  } finally {
    discard();
  }
  console.log(`  installed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return paths;
}

/** Installs the editor and a browser, whatever of them is missing. */
export async function installAll() {
  const paths = await installEditor();
  const browser = findBrowser() ?? (await installBrowser());
  return { ...paths, browser };
}

function nodePackage() {
  return `node-linux-${process.arch}`;
}

/** Install scripts stay off: they build native modules that the editor works without, and refuse other Node versions. */
async function download(temp) {
  fs.mkdirSync(temp, { recursive: true });
  fs.writeFileSync(path.join(temp, 'package.json'), '{"private": true}\n');
  await npmInstall(temp, `code-server@${CODE_SERVER}`, `${nodePackage()}@${NODE}`);
  const code = path.join(temp, 'node_modules/code-server/lib/vscode');
  await npmInstall(code);
  for (const part of UNUSED) fs.rmSync(path.join(code, part), { recursive: true, force: true });
  const { output } = await run(path.join(temp, 'node_modules', nodePackage(), 'bin/node'), ['--version'], {
    quiet: true,
  });
  fs.writeFileSync(path.join(temp, STAMP), `${CODE_SERVER} ${output}`);
}

async function npmInstall(cwd, ...packages) {
  const [program, ...first] = npmCommand();
  const flags = ['--no-save', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--engine-strict=false'];
  const args = [...first, 'install', ...flags, '--loglevel=error', ...packages];
  await run(program, args, { cwd, quiet: true, env: plainEnv() });
}

/** Another process may have been faster: its result is as good as ours. */
function moveIntoPlace(temp, folder) {
  try {
    if (!fs.existsSync(path.join(folder, STAMP))) fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(temp, folder);
  } catch (error) {
    if (!fs.existsSync(path.join(folder, STAMP))) throw error;
  }
}

if (isMain(import.meta)) {
  const { folder, browser } = await installAll();
  console.log(`editor  ${folder}\nbrowser ${browser}`);
}
