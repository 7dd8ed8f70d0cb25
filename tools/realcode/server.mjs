// Starts VS Code as a server for one workspace, with a fresh user folder that vanishes at the end.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { killGroup, onExit, tempFolder } from './cleanup.mjs';
import { installEditor } from './install.mjs';
import { plainEnv, run } from './run.mjs';

const START_LIMIT_MS = 120_000;

/** A window without welcome pages, chat, tips and questions. */
export const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.useModal': 'off',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'editor.hover.delay': 100,
};

/**
 * Starts the editor on a free port of this machine. `driver` makes it honour the test payload in the URL;
 * without it the editor behaves as for any user. `extensions` are .vsix files to install first.
 */
export async function startCode({ workspace, extensions = [], settings = {}, driver = false, env = {} }) {
  const paths = await installEditor();
  const { dir, remove } = tempFolder('code');
  const userDir = path.join(dir, 'user');
  writeSettings(userDir, settings);
  const common = [paths.entry, '--config', path.join(dir, 'config.yaml')];
  common.push('--user-data-dir', userDir, '--extensions-dir', path.join(dir, 'extensions'));
  const childEnv = plainEnv({ EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env });
  for (const vsix of extensions) {
    await run(paths.node, [...common, '--install-extension', vsix, '--force'], { quiet: true, env: childEnv });
  }
  const server = await launch(paths.node, [...common, ...serverFlags(driver)], childEnv);
  return {
    userDir,
    workspace,
    port: server.port,
    pid: server.pid,
    url: `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(workspace)}`,
    log: server.log,
    inUse: () => hasVisitor(server.port),
    async stop() {
      await server.stop();
      remove();
    },
  };
}

/** Names a file or folder of this machine the way the editor's page does. */
export function remoteUri(code, file) {
  return `vscode-remote://127.0.0.1:${code.port}${file}`;
}

/** True once a page of the editor has been opened. */
async function hasVisitor(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  return (await answer.json()).status === 'alive';
}

function writeSettings(userDir, settings) {
  const folder = path.join(userDir, 'User');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
}

function serverFlags(driver) {
  return [
    ...['--auth', 'none', '--bind-addr', '127.0.0.1:0'],
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--disable-proxy',
    ...(driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
}

async function launch(node, args, env) {
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const gone = new Promise((resolve) => child.once('close', resolve));
  const kill = onExit(() => killGroup(child.pid, 'SIGKILL'));
  const stop = async () => {
    killGroup(child.pid, 'SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2000))]);
    kill();
    await gone;
  };
  const port = await listeningPort(child, () => output).catch(async (error) => {
    await stop();
    throw error;
  });
  return { port, pid: child.pid, stop, log: () => output };
}

/** The editor picks the port itself and prints it, so two starts can never collide. */
async function listeningPort(child, output) {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; ) {
    const match = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output());
    if (match) return Number(match[1]);
    if (child.exitCode !== null || child.signalCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The editor's server did not start.\n${output()}`);
}
