// Opens desktop VS Code on a workspace with the packed extension and nothing else installed.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from '@vscode/test-electron';
import { findOnPath, ROOT } from './run.mjs';
import { QUIET_SETTINGS } from './server.mjs';

const WINDOWS = process.platform === 'win32';

/** A window can be shown: not over SSH, not in a container, not in the Linux side of Windows. */
export function hasScreen() {
  if (process.platform !== 'linux') return true;
  if (process.env.WSL_DISTRO_NAME || process.env.VSCODE_IPC_HOOK_CLI) return false;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Command line program of a VS Code that is new enough, downloaded when there is none. */
export async function findDesktop() {
  const own = findOnPath('code');
  if (own && isNewEnough(own)) return own;
  console.log('Downloading VS Code: about 150 MB, kept in .vscode-test');
  const executable = await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(ROOT, '.vscode-test') });
  return resolveCliPathFromVSCodeExecutablePath(executable);
}

/** Installs the extension into the folder `profile` and opens a window; resolves when that is closed. */
export function openDesktop({ cli, vsix, profile, workspace, env }) {
  const user = path.join(profile, 'user');
  fs.mkdirSync(path.join(user, 'User'), { recursive: true });
  fs.writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify(QUIET_SETTINGS, null, 2));
  const common = ['--user-data-dir', user, '--extensions-dir', path.join(profile, 'extensions')];
  const options = { stdio: 'inherit', shell: WINDOWS, env: { ...cleanEnv(), ...env } };
  const installed = spawnSync(quote(cli), [...common, '--install-extension', vsix, '--force'].map(quote), options);
  if (installed.status !== 0) throw new Error('VS Code did not take the extension.');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...common, ...sandbox, '--disable-workspace-trust', '--new-window', '--wait', workspace];
  const child = spawn(quote(cli), args.map(quote), options);
  return new Promise((resolve) => child.once('close', resolve));
}

function isNewEnough(cli) {
  const { stdout } = spawnSync(quote(cli), ['--version'], { shell: WINDOWS, encoding: 'utf8', timeout: 20_000 });
  const [major, minor] = (stdout ?? '').split('.').map(Number);
  const { engines } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const [needMajor, needMinor] = engines.vscode.replace(/^\D+/, '').split('.').map(Number);
  return major > needMajor || (major === needMajor && minor >= needMinor);
}

/** A terminal inside VS Code hands its own window's variables down: they would make the new one a part of it. */
function cleanEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^VSCODE_|^ELECTRON_/.test(name)));
}

function quote(text) {
  return WINDOWS ? `"${text}"` : text;
}
