// Child processes that are finite: run a program, wait, fail with what it said.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of this repository. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a program without stdin. `quiet` keeps its output for the error message instead of showing it. */
export function run(program, args, { quiet = false, allowFailure = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'];
    const child = spawn(program, args, { stdio, ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || allowFailure) return resolve({ code, output });
      const tail = output.trim().split('\n').slice(-30).join('\n');
      reject(new Error(`${path.basename(program)} ${args.join(' ')} ended with ${signal ?? code}\n${tail}`));
    });
  });
}

/** True when the program can be started and ends with 0. */
export function succeeds(program, args, options = {}) {
  const result = spawnSync(program, args, { stdio: 'ignore', timeout: 60_000, ...options });
  return result.status === 0;
}

/** What `work` gives, or an error when that takes longer than `milliseconds`. */
export function withLimit(work, milliseconds) {
  let timer;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Full path of a program on PATH, or undefined. */
export function findOnPath(name) {
  const extensions = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      if (folder && fs.existsSync(file)) return file;
    }
  }
  return undefined;
}

/** Program and first arguments that start the npm this script was started by, or the one on PATH. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js') && fs.existsSync(script)) return [process.execPath, script];
  return [findOnPath('npm') ?? 'npm'];
}

/** The environment without what `npm run` adds about this package. */
export function plainEnv(extra = {}) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle)_|^npm_config_local_prefix$|^NODE_TEST_CONTEXT$/.test(name)) delete env[name];
  }
  return { ...env, ...extra };
}

/** True when the module is the program that was started, not an import. */
export function isMain(meta) {
  return process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fileURLToPath(meta.url);
}
