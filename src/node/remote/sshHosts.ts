import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { sshHostNames } from '../../core/sources/remote/sshConfig';

/** Largest configuration file that is read, in bytes; files that one pattern may match. */
const MAX_CONFIG = 1024 * 1024;
const MAX_MATCHES = 100;

/** Host names of the user's `~/.ssh/config`, `Include` followed. Empty when there is none. Opens no connection. */
export function userSshHosts(home = os.homedir()): string[] {
  const folder = path.join(home, '.ssh');
  return sshHostNames(readText(path.join(folder, 'config')), (pattern) =>
    matches(resolve(pattern, folder, home)).map(readText),
  );
}

/** Relative names are below `~/.ssh`. */
function resolve(pattern: string, folder: string, home: string): string {
  if (pattern.startsWith('~/')) return path.join(home, pattern.slice(2));
  return path.resolve(folder, pattern);
}

/** Files that a pattern with `*` and `?` in its last part matches, sorted. */
function matches(pattern: string): string[] {
  const name = path.basename(pattern);
  if (!/[*?]/.test(name)) return [pattern];
  const body = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const folder = path.dirname(pattern);
  try {
    const names = fs.readdirSync(folder).filter((each) => new RegExp(`^${body}$`).test(each));
    return names
      .sort()
      .slice(0, MAX_MATCHES)
      .map((each) => path.join(folder, each));
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    const stat = fs.statSync(file);
    return stat.isFile() && stat.size <= MAX_CONFIG ? fs.readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}
