import { LosslineError } from '../../errors';
import type { FileStat, FolderEntry } from '../fileSystem';

// What is said to a POSIX shell on another machine, and how its answers are read. Nothing is installed there: GNU, BSD and
// BusyBox tools will do. An answer ends with a line that begins with a token that was drawn for this question, so that
// no content of a file can be taken for it.

/** Entries of one folder that are listed. */
const MAX_ENTRIES = 10_000;
/** Longest answer to a question about one file. */
export const MAX_STAT_ANSWER = 4096;
export const MAX_LIST_ANSWER = 4 * 1024 * 1024;

/** Functions that a session defines once, then the answer to `token`. Source: stat(1) of GNU coreutils, BusyBox and BSD. */
export function sessionStart(token: string): string {
  return `LC_ALL=C; export LC_ALL
if stat -L -c %s / >/dev/null 2>&1; then
ll_raw() { stat -L -c '%s %Y %d:%i %f %y' -- "$1" 2>&1; }
else
ll_raw() { stat -L -f '%z %m %d:%i %Xp %Fm' -- "$1" 2>&1; }
fi
ll_stat() { if ll_out=$(ll_raw "$1"); then printf 'S %s' "$ll_out"; else printf 'E %s' "$ll_out"; fi; }
ll_end() { printf '\\n%s %s\\n' "$1" "$(ll_stat "$2")"; }
ll_read() { printf '%s\\n' "$(ll_stat "$1")"; tail -c "+$2" -- "$1" 2>/dev/null | head -c "$3"; ll_end "$4" "$1"; }
ll_list() { ll_n=0
for ll_f in "$1"/* "$1"/.[!.]*; do
if [ -d "$ll_f" ]; then if [ -L "$ll_f" ]; then ll_t=o; else ll_t=d; fi
elif [ -f "$ll_f" ]; then ll_t=f; elif [ -e "$ll_f" ]; then ll_t=o; else continue; fi
ll_n=$((ll_n+1)); [ "$ll_n" -gt ${MAX_ENTRIES} ] && break
printf '%s%s\\000' "$ll_t" "\${ll_f##*/}"
done; if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then ll_t=ok; else ll_t=no; fi
printf '\\n%s %s\\n' "$2" "$ll_t"; }
printf '\\n%s ' '${token}'; date +%s
`;
}

/** Asks for what is known of a file. */
export function statQuestion(path: string, token: string): string {
  // One write: several small ones wait for each other on the way (measured: 35 ms more).
  return `ll_end ${token} ${quotePath(path)} </dev/null\n`;
}

/** Asks for bytes of a file, between two looks at it. */
export function readQuestion(path: string, offset: number, length: number, token: string): string {
  return `ll_read ${quotePath(path)} ${offset + 1} ${length} ${token} </dev/null\n`;
}

/** Asks for the names in a folder. */
export function listQuestion(path: string, token: string): string {
  return `ll_list ${quotePath(path)} ${token} </dev/null\n`;
}

/** Runs one program and asks for its output, standard error included. */
export function runQuestion(argv: readonly string[], token: string): string {
  return `${argv.map(quoteWord).join(' ')} 2>&1 </dev/null; printf '\\n%s %s\\n' ${token} "$?"\n`;
}

/** A word that a POSIX shell takes literally. Throws `source.invalid` for a NUL character, which no path can hold. */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new LosslineError('source.invalid', 'A path must not hold a NUL character.');
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A path that no program takes for an option. */
function quotePath(path: string): string {
  return quoteWord(path.startsWith('/') ? path : `./${path}`);
}

/**
 * What one look found: `undefined` when there is no such file. `skewMs` is added to times, so that they are in this
 * machine's clock. Throws `file.unreadable` with the words of the other machine.
 */
export function parseStat(answer: string, path: string, skewMs: number): FileStat | undefined {
  const found = /^S (\d+) (-?\d+) (\S+) ([0-9a-fA-F]+)(?: (.*))?$/.exec(answer);
  if (found === null) {
    if (/No such file or directory|Not a directory/.test(answer)) return undefined;
    throw new LosslineError('file.unreadable', reason(answer), path);
  }
  const [, size, seconds, identity, mode, finer = ''] = found;
  const fraction = Number(/\.(\d{1,9})/.exec(finer)?.[0] ?? 0);
  return {
    size: Number(size),
    mtimeMs: Math.round((Number(seconds) + fraction) * 1000) + skewMs,
    identity: identity!,
    isDirectory: (Number.parseInt(mode!, 16) & 0xf000) === 0x4000,
  };
}

/**
 * The bytes of a read, or `undefined` when the file was another one, or shorter, before or after it. `body` is the answer
 * before the token, `end` what follows the token.
 */
export function parseRead(body: Uint8Array, end: string, identity: string): Uint8Array | undefined {
  const feed = body.indexOf(0x0a);
  const before = identityOf(new TextDecoder().decode(body.subarray(0, Math.max(0, feed))));
  if (before === undefined || before !== identityOf(end) || (identity !== '' && before !== identity)) return undefined;
  return body.subarray(feed + 1);
}

/** The names in a folder, sorted as the other machine sorts them. Throws `file.unreadable`. */
export function parseList(body: Uint8Array, end: string, path: string): FolderEntry[] {
  if (end !== 'ok') throw new LosslineError('file.unreadable', `The folder ${path} cannot be read.`, path);
  const kinds: Readonly<Record<string, FolderEntry['kind']>> = { d: 'folder', f: 'file' };
  const entries = new TextDecoder().decode(body).split('\0').slice(0, -1);
  return entries.map((entry) => ({ name: entry.slice(1), kind: kinds[entry[0]!] ?? 'other' }));
}

function identityOf(answer: string): string | undefined {
  return /^S \d+ -?\d+ (\S+) /.exec(answer)?.[1];
}

/** The words of `stat`, without the name of the program and without control characters. */
function reason(answer: string): string {
  const words = answer.replace(/^E (?:stat: )?/, '').replace(/[\x00-\x1f\x7f]+/g, ' ');
  return words.trim().slice(0, 300) || 'The file cannot be looked at.';
}
