import { LosslineError } from '../../core/errors';
import { READ_CHUNK } from '../../core/limits';
import type { FileStat, FileSystem, FolderEntry } from '../../core/sources/fileSystem';
import { type SshHost, sshPrefix } from '../../core/sources/location';
import type { ShellAnswer } from '../../core/sources/remote/answerReader';
import {
  listQuestion,
  MAX_LIST_ANSWER,
  MAX_STAT_ANSWER,
  parseList,
  parseRead,
  parseStat,
  readQuestion,
  runQuestion,
  statQuestion,
} from '../../core/sources/remote/shellProtocol';
import { sshFault } from '../../core/sources/remote/sshFault';
import { NodeInflater } from '../nodeInflater';
import { ShellSession } from './shellSession';

/** Bytes fetched at once while a long log is caught up with: a round trip then costs little. */
const READ_AHEAD = 4 * 1024 * 1024;
/** Least milliseconds between two looks at one file. */
const LEAST_PAUSE = 1000;

/** How `ssh` is called. */
export interface SshOptions {
  /** The user's own `ssh`. */
  readonly program: string;
  /** Further arguments, before the host. */
  readonly arguments: readonly string[];
  /** Pauses before a lost connection is made again are divided by this. */
  readonly haste?: number;
}

export const DEFAULT_SSH: SshOptions = { program: 'ssh', arguments: [] };

/** Bytes that were fetched ahead, of the file as it was at the last look. */
interface Block {
  readonly path: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Files of one machine, read through the user's own `ssh`: keys, jump hosts and host checks are theirs. Paths are
 * `ssh://host/…` throughout. One connection serves all files of the machine. Source: ssh(1), ssh_config(5).
 */
export class SshFileSystem implements FileSystem {
  readonly leastPause = LEAST_PAUSE;
  readonly inflater = () => new NodeInflater();
  readonly session: ShellSession;
  readonly #prefix: string;
  /** Which file each path was at the last look: a read of another file brings nothing. */
  readonly #identities = new Map<string, string>();
  #block: Block | undefined;

  constructor(
    readonly host: SshHost,
    options: SshOptions = DEFAULT_SSH,
  ) {
    this.#prefix = sshPrefix(host);
    const name = host.destination;
    const program = { argv: sshArguments(host, options), fault: (stderr: string) => sshFault(stderr, name) };
    this.session = new ShellSession(program, options.haste);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    if (this.#block?.path === path) this.#block = undefined;
    const { end } = await this.#ask((token) => statQuestion(this.#inside(path), token), MAX_STAT_ANSWER);
    const stat = parseStat(end, path, this.session.skewMs ?? 0);
    if (stat === undefined) this.#identities.delete(path);
    else this.#identities.set(path, stat.identity);
    return stat;
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const cached = this.#fromBlock(path, offset, length);
    if (cached !== undefined) return cached;
    const wanted = length === READ_CHUNK ? READ_AHEAD : length;
    const { body, end } = await this.#ask(
      (token) => readQuestion(this.#inside(path), offset, wanted, token),
      wanted + MAX_STAT_ANSWER,
    );
    const bytes = parseRead(body, end, this.#identities.get(path) ?? '');
    if (bytes === undefined) return new Uint8Array(0);
    if (bytes.length > wanted) throw new LosslineError('remote.protocol', 'More bytes came than were asked for.', path);
    if (wanted > length) this.#block = { path, offset, bytes };
    return bytes.subarray(0, length);
  }

  async list(folder: string): Promise<readonly FolderEntry[]> {
    const { body, end } = await this.#ask((token) => listQuestion(this.#inside(folder), token), MAX_LIST_ANSWER);
    return parseList(body, end, folder);
  }

  /** Runs one program on the machine; returns its exit code and what it wrote, at most `limit` bytes. */
  async run(argv: readonly string[], limit: number): Promise<{ code: number; output: string }> {
    const { body, end } = await this.#ask((token) => runQuestion(argv, token), limit);
    return { code: Number(end), output: new TextDecoder().decode(body) };
  }

  /** Nothing tells of changes on another machine: it is asked again and again. */
  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  join(folder: string, name: string): string {
    return `${folder}${folder.endsWith('/') ? '' : '/'}${name}`;
  }

  dirname(path: string): string {
    const inside = path.slice(this.#prefix.length);
    const slash = inside.lastIndexOf('/');
    return this.#prefix + (slash <= 0 ? '/' : inside.slice(0, slash));
  }

  basename(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1);
  }

  dispose(): void {
    this.session.dispose();
  }

  #ask(question: (token: string) => string, limit: number): Promise<ShellAnswer> {
    return this.session.ask(question, limit);
  }

  /** The path as the other machine knows it; one below `/~` is relative to the home folder, where a session begins. */
  #inside(path: string): string {
    const inside = path.slice(this.#prefix.length);
    if (inside === '/~') return '.';
    return inside.startsWith('/~/') ? inside.slice(3) : inside;
  }

  #fromBlock(path: string, offset: number, length: number): Uint8Array | undefined {
    const block = this.#block;
    if (block?.path !== path || offset < block.offset) return undefined;
    const bytes = block.bytes.subarray(offset - block.offset, offset - block.offset + length);
    // A shorter piece may have been the end of the block only: then it is fetched.
    return bytes.length === length ? bytes : undefined;
  }
}

/**
 * Arguments of `ssh`: never asks, notices a dead connection within a minute, opens no tunnels and no terminal. The host
 * stands after `--`.
 */
export function sshArguments({ destination, port }: SshHost, options: SshOptions): string[] {
  const settings = [
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ForwardX11=no',
    'RemoteCommand=none',
  ];
  const flags = settings.flatMap((setting) => ['-o', setting]);
  const portFlags = port === null ? [] : ['-p', String(port)];
  return [options.program, '-T', ...flags, ...options.arguments, ...portFlags, '--', destination, 'sh'];
}
