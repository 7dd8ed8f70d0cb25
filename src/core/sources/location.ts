import { LosslineError } from '../errors';
import { splitCommand } from './remote/commandLine';

/** A machine that is reached with `ssh`: `[user@]host` or a name of `~/.ssh/config`. */
export interface SshHost {
  readonly destination: string;
  /** `null`: what the user's configuration says. */
  readonly port: number | null;
}

/** When a command that ended is started again. `on-failure`: after a non-zero exit code or a signal. */
export type RestartPolicy = 'never' | 'on-failure' | 'always';

export interface SshLocation {
  readonly kind: 'ssh';
  readonly host: SshHost;
  /** Absolute, or relative to the home folder there. */
  readonly path: string;
}
export interface HttpLocation {
  readonly kind: 'http';
  readonly url: string;
}
export interface CommandLocation {
  readonly kind: 'command';
  readonly argv: readonly string[];
  readonly restart: RestartPolicy;
}
export interface SlurmLocation {
  readonly kind: 'slurm';
  /** `12345`, or `12345_7` for one task of an array. */
  readonly job: string;
  /** Login node on which `scontrol` is asked; `null`: this machine. */
  readonly host: SshHost | null;
}
export interface TensorBoardLocation {
  readonly kind: 'tensorboard';
  /** Address of the server, without a slash at its end. */
  readonly base: string;
  /** `null`: all runs of the server. */
  readonly run: string | null;
}
export interface MlflowLocation {
  readonly kind: 'mlflow';
  readonly base: string;
  /** Id of an experiment; `null`: all experiments. */
  readonly experiment: string | null;
  /** Id of a run; `null`: all runs of the experiment. */
  readonly run: string | null;
}
export interface WandbLocation {
  readonly kind: 'wandb';
  /** Address of the server: `https://api.wandb.ai` unless it is one's own. */
  readonly base: string;
  readonly entity: string;
  readonly project: string;
  /** Id of a run (the last part of its address); `null`: the newest runs of the project. */
  readonly run: string | null;
}

/** A source that is not a local file. */
export type RemoteLocation =
  | SshLocation
  | HttpLocation
  | CommandLocation
  | SlurmLocation
  | TensorBoardLocation
  | MlflowLocation
  | WandbLocation;

/** Where logs come from. */
export type Location = { readonly kind: 'file'; readonly path: string } | RemoteLocation;

const WANDB_BASE = 'https://api.wandb.ai';
/** What may stand for a host: no leading dash, nothing that a shell or a proxy command could take for more than a name. */
const DESTINATION = /^(?:[A-Za-z0-9_][\w.+-]*@)?(?:[A-Za-z0-9_][\w.-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/;
/** `host:path` as `scp` writes it. One letter before the colon is a drive. */
const SCP = /^((?:[\w.+-]+@)?(?:[\w.-]{2,}|\[[0-9A-Fa-f:.]+\])):(?!\/\/)(.+)$/;
const ADDRESS = /^(https?):\/\/([^\s/?#]+)([^#]*)(#.*)?$/i;

/** True for a source that is not a local path. Never throws: what cannot be parsed counts as remote. */
export function isRemote(text: string): boolean {
  return !isLocalPath(text) && (SCP.test(text) || /^[a-z][a-z+-]+:/i.test(text));
}

/**
 * What the user typed, as a source: a local path, `ssh://[user@]host[:port]/path` (`/~/` is the home folder), `host:path`,
 * `https://…`, `cmd:PROGRAM ARGUMENTS` (`cmd+always:`, `cmd+never:`), `slurm:JOB[@host]`, `tensorboard+http://…`,
 * `mlflow+http://…`, `wandb:entity/project[/run]`, or the address of a run on wandb.ai. Throws `source.invalid`, whose
 * message says what is expected. Nothing is decoded: `%20` in a path is `%20`.
 */
export function parseLocation(text: string): Location {
  const input = text.trim();
  if (input === '') throw invalid('Name a source.');
  if (/[\0\r\n]/.test(input)) throw invalid('A source is one line.');
  if (isLocalPath(input)) return { kind: 'file', path: input };
  const scheme = (/^([a-z][a-z+-]+):/i.exec(input)?.[1] ?? '').toLowerCase();
  const rest = input.slice(scheme.length + 1);
  switch (scheme) {
    case 'ssh':
      if (rest.startsWith('//')) return parseSsh(rest);
      break;
    case 'http':
    case 'https':
      return parseAddress(input);
    case 'cmd':
    case 'cmd+on-failure':
      return { kind: 'command', argv: splitCommand(rest), restart: 'on-failure' };
    case 'cmd+always':
      return { kind: 'command', argv: splitCommand(rest), restart: 'always' };
    case 'cmd+never':
      return { kind: 'command', argv: splitCommand(rest), restart: 'never' };
    case 'slurm':
      return parseSlurm(rest);
    case 'wandb':
      return parseWandb(WANDB_BASE, rest);
    case 'tensorboard+http':
    case 'tensorboard+https':
      return parseTensorBoard(input.slice('tensorboard+'.length));
    case 'mlflow+http':
    case 'mlflow+https':
      return parseMlflow(input.slice('mlflow+'.length));
    case 'wandb+http':
    case 'wandb+https':
      return parseWandbServer(input.slice('wandb+'.length));
  }
  const copied = SCP.exec(input);
  if (copied !== null) return sshLocation(copied[1]!.replace(/[[\]]/g, ''), null, copied[2]!);
  if (scheme === '') return { kind: 'file', path: input };
  throw invalid(
    `${scheme}: is no known kind of source. Known are ssh://, http://, https://, cmd:, slurm:, tensorboard+http://, mlflow+http:// and wandb:.`,
  );
}

/** The one way to write a source: equal sources give equal texts, and `parseLocation` reads them back. */
export function formatLocation(location: Location): string {
  switch (location.kind) {
    case 'file':
      return location.path;
    case 'ssh':
      return `${sshPrefix(location.host)}${location.path.startsWith('/') ? '' : '/~/'}${location.path}`;
    case 'http':
      return location.url;
    case 'command': {
      const suffix = location.restart === 'on-failure' ? '' : `+${location.restart}`;
      return `cmd${suffix}:${location.argv.map(quoteWord).join(' ')}`;
    }
    case 'slurm':
      return `slurm:${location.job}${location.host === null ? '' : `@${hostText(location.host)}`}`;
    case 'tensorboard':
      return `tensorboard+${location.base}${location.run === null ? '' : `/?run=${location.run}`}`;
    case 'mlflow': {
      const parts = [
        location.experiment && `experiments/${location.experiment}`,
        location.run && `runs/${location.run}`,
      ];
      const place = parts.filter(Boolean).join('/');
      return `mlflow+${location.base}${place === '' ? '' : `/#/${place}`}`;
    }
    case 'wandb': {
      const name = [location.entity, location.project, location.run].filter(Boolean).join('/');
      return location.base === WANDB_BASE ? `wandb:${name}` : `wandb+${location.base}/${name}`;
    }
  }
}

/** `ssh://host[:port]`, the part that all paths of one machine share. */
export function sshPrefix(host: SshHost): string {
  return `ssh://${hostText(host)}`;
}

/** What a secret is kept under: the server it is for. `null` for sources that take none. */
export function secretKey(location: Location): string | null {
  switch (location.kind) {
    case 'http':
      return originOf(location.url);
    case 'tensorboard':
    case 'mlflow':
    case 'wandb':
      return originOf(location.base);
    default:
      return null;
  }
}

function originOf(address: string): string {
  return /^[^/]*\/\/[^/?#]+/.exec(address)![0];
}

function isLocalPath(text: string): boolean {
  return /^(?:[/\\.~]|[A-Za-z]:(?:[/\\]|$))/.test(text);
}

function hostText({ destination, port }: SshHost): string {
  const [, user = '', name = ''] = /^([^@]*@)?(.*)$/.exec(destination)!;
  const host = name.includes(':') ? `[${name}]` : name;
  return `${user}${host}${port === null ? '' : `:${port}`}`;
}

function parseSsh(rest: string): SshLocation {
  const match = /^\/\/([^/]*)(\/.*)?$/.exec(rest);
  const { destination, port } = parseHost(match?.[1] ?? '');
  const path = match?.[2] ?? '';
  if (path.length < 2) throw invalid('Name the file after the host: ssh://host/path/to/train.log.');
  return sshLocation(destination, port, path.startsWith('/~/') ? path.slice(3) : path);
}

function sshLocation(destination: string, port: number | null, path: string): SshLocation {
  checkDestination(destination);
  if (/^~[^/]/.test(path)) throw invalid('The home folder of another user cannot be named: write the whole path.');
  const inside = path.replace(/^~\//, '').replace(/(.)\/+$/, '$1');
  if (inside === '' || inside === '~') throw invalid('Name a file or a folder on the host.');
  return { kind: 'ssh', host: { destination, port }, path: inside };
}

/** `[user@]host[:port]`; an IPv6 address stands in brackets. */
function parseHost(text: string): SshHost {
  const match = /^((?:[^@]*@)?)(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  if (match === null) throw invalid(`${text} is no host: expected [user@]host[:port].`);
  const destination = `${match[1]}${match[2] ?? match[3]}`;
  checkDestination(destination);
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65_535)) throw invalid(`${port} is no port.`);
  return { destination, port };
}

function checkDestination(destination: string): void {
  if (!DESTINATION.test(destination) || destination.length > 255) {
    throw invalid(`${destination} is no host: expected a name of ~/.ssh/config or [user@]host.`);
  }
}

function parseSlurm(rest: string): SlurmLocation {
  const match = /^(\d{1,19}(?:_\d{1,9})?)(?:@(.+))?$/.exec(rest);
  if (match === null)
    throw invalid('Expected slurm:JOB, for example slurm:12345, slurm:12345_7 or slurm:12345@login-node.');
  return { kind: 'slurm', job: match[1]!, host: match[2] === undefined ? null : parseHost(match[2]) };
}

function parseAddress(input: string): HttpLocation | WandbLocation {
  const { origin, tail } = addressParts(input);
  const run = /^\/([\w.-]+)\/([\w.-]+)\/runs\/([\w.-]+)/.exec(tail);
  if (run !== null && /^https:\/\/(?:www\.)?wandb\.ai$/.test(origin)) {
    return { kind: 'wandb', base: WANDB_BASE, entity: run[1]!, project: run[2]!, run: run[3]! };
  }
  return { kind: 'http', url: `${origin}${tail === '' ? '/' : tail}` };
}

function parseTensorBoard(address: string): TensorBoardLocation {
  const { origin, tail } = addressParts(address, true);
  const query = tail.indexOf('?');
  const run = query < 0 ? null : /^\?run=(.+)$/.exec(tail.slice(query));
  if (query >= 0 && run === null)
    throw invalid('Expected tensorboard+http://host:6006, or that with ?run=NAME at its end.');
  const path = query < 0 ? tail : tail.slice(0, query);
  return { kind: 'tensorboard', base: `${origin}${path.replace(/\/+$/, '')}`, run: run?.[1] ?? null };
}

function parseMlflow(address: string): MlflowLocation {
  const { origin, tail, fragment } = addressParts(address);
  const place = /^#?\/?(?:experiments\/(\w+))?(?:\/?runs\/(\w+))?/.exec(fragment)!;
  const path = tail.replace(/\?.*$/, '').replace(/\/+$/, '');
  return { kind: 'mlflow', base: `${origin}${path}`, experiment: place[1] ?? null, run: place[2] ?? null };
}

function parseWandb(base: string, rest: string): WandbLocation {
  const parts = rest.replace(/^\/+/, '').split('/');
  if (parts.length === 4 && parts[2] === 'runs') parts.splice(2, 1);
  const [entity, project, run] = parts;
  if (parts.length < 2 || parts.length > 3 || parts.some((part) => !/^[\w.-]{1,128}$/.test(part))) {
    throw invalid('Expected wandb:entity/project/run, as the address of the run has it.');
  }
  return { kind: 'wandb', base, entity: entity!, project: project!, run: run ?? null };
}

function parseWandbServer(address: string): WandbLocation {
  const { origin, tail } = addressParts(address);
  return parseWandb(origin, tail);
}

/** Host in lower case, and what follows it. A space may stand only where `spaces` says so: in the name of a run. */
function addressParts(address: string, spaces = false): { origin: string; tail: string; fragment: string } {
  const match = ADDRESS.exec(address);
  if (match === null || (!spaces && /\s/.test(address))) {
    throw invalid(`${address} is no address: expected http://host/path or https://host/path.`);
  }
  const [, scheme, host, tail, fragment] = match;
  if (host!.includes('@')) throw invalid('An address must not hold a password: it is asked for and kept apart.');
  if (!/^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host!)) throw invalid(`${host} is no host.`);
  const origin = `${scheme!.toLowerCase()}://${host!.toLowerCase()}`;
  return { origin, tail: tail!, fragment: fragment ?? '' };
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function invalid(message: string): LosslineError {
  return new LosslineError('source.invalid', message);
}
