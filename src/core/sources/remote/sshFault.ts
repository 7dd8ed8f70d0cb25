import { LosslineError } from '../../errors';

/** Words of `ssh`, the error they stand for, and what to do. `%h` is the host. First match wins. */
const FAULTS: readonly [
  pattern: RegExp,
  code: 'remote.auth' | 'remote.unreachable' | 'remote.noProgram',
  message: string,
][] = [
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/,
    'remote.auth',
    'The host key of %h is unknown or has changed. Run `ssh %h` in a terminal once and check the key.',
  ],
  [
    /Permission denied|Too many authentication failures|No more authentication methods/,
    'remote.auth',
    '%h refused the login. `ssh %h` must work without asking for a password: load your key with `ssh-add` or name it in ~/.ssh/config.',
  ],
  [
    /Could not resolve hostname|Name or service not known|nodename nor servname/,
    'remote.unreachable',
    'There is no host called %h. Check the name, or add it to ~/.ssh/config.',
  ],
  [
    /Connection refused/,
    'remote.unreachable',
    '%h refused the connection: no ssh server listens there. Check host and port.',
  ],
  [
    /timed out|No route to host|Network is unreachable|Connection reset|Broken pipe|closed by/i,
    'remote.unreachable',
    '%h cannot be reached. Check the network or the VPN; the log is followed again when the host answers.',
  ],
  [
    /sh: (?:command )?not found|is not recognized as/i,
    'remote.noProgram',
    '%h has no POSIX shell called sh, which is needed to read files there.',
  ],
];

/** What became of a connection, in words: from what `ssh` wrote to standard error. Source: OpenSSH, ssh(1). */
export function sshFault(stderr: string, host: string): LosslineError {
  const known = FAULTS.find(([pattern]) => pattern.test(stderr));
  if (known !== undefined) return new LosslineError(known[1], known[2].replaceAll('%h', host));
  const lines = stderr.split('\n').map((line) => line.replace(/[\x00-\x1f\x7f]/g, ' ').trim());
  const last = lines
    .filter((line) => line !== '')
    .at(-1)
    ?.slice(0, 200);
  const said = last === undefined ? '' : ` ssh says: ${last}`;
  return new LosslineError('remote.unreachable', `The connection to ${host} ended; it is made again.${said}`);
}
