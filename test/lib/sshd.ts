import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SshOptions } from '../../src/node/remote/sshFileSystem';
import { until } from './until';

const SSHD = '/usr/sbin/sshd';

/**
 * Why no ssh server can be had here; `undefined` when it can. On Debian and Ubuntu it is installed when it is missing and
 * the user may do that.
 */
export function whyNoSshd(): string | undefined {
  if (process.platform !== 'linux') return 'the server is set up for Linux only';
  if (fs.existsSync(SSHD) && hasProgram('ssh')) return undefined;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = [
    ...root,
    'apt-get',
    '-q',
    // The editor's browser may be installed at the same time.
    '-o',
    'DPkg::Lock::Timeout=60',
    '-y',
    '--no-install-recommends',
    'install',
    'openssh-server',
    'openssh-client',
  ];
  const update = [...root, 'apt-get', '-q', 'update'];
  for (const [program, ...args] of [apt, update, apt]) {
    try {
      // A machine of a test needs no service: the test starts its own server.
      execFileSync(program!, args, {
        stdio: 'ignore',
        timeout: 90_000,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    } catch {
      continue;
    }
    if (fs.existsSync(SSHD)) return undefined;
  }
  return 'openssh-server is not installed and cannot be installed here';
}

function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));
}

/** An ssh server on loopback with keys of its own, reached through a proxy that can cut connections. */
export interface SshServer {
  readonly folder: string;
  /** Port of the proxy. */
  readonly port: number;
  readonly ssh: SshOptions;
  /** Ends every connection that is open. */
  cut(): number;
  /** Lets connections wait, without ending them. */
  stall(stalled: boolean): void;
  /** Connections that were opened. */
  connections(): number;
  stop(): Promise<void>;
}

/** Starts it. The user of the test logs in with a key that was made for it. */
export async function startSshd(): Promise<SshServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-sshd-'));
  const at = (name: string): string => path.join(folder, name);
  for (const name of ['host_key', 'user_key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  }
  fs.copyFileSync(at('user_key.pub'), at('authorized_keys'));
  const config = (port: number): string =>
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host_key')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      `PidFile ${at('pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxStartups 200',
      'PrintMotd yes',
    ].join('\n');
  // Wanted by a server that runs as root, and absent where none was ever started.
  if (process.getuid?.() === 0) fs.mkdirSync('/run/sshd', { recursive: true });
  const { child, port } = await listening(at('sshd_config'), config);
  const proxy = await startProxy(port);
  const hostKey = fs.readFileSync(at('host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  fs.writeFileSync(at('known_hosts'), `[127.0.0.1]:${proxy.port} ${hostKey}\n`);
  fs.writeFileSync(
    at('ssh_config'),
    [
      'Host trainer',
      '  HostName 127.0.0.1',
      `  Port ${proxy.port}`,
      `  User ${os.userInfo().username}`,
      `  IdentityFile ${at('user_key')}`,
      '  IdentitiesOnly yes',
      '  GSSAPIAuthentication no',
      `  UserKnownHostsFile ${at('known_hosts')}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
    ].join('\n'),
  );
  return {
    folder,
    port: proxy.port,
    ssh: { program: 'ssh', arguments: ['-F', at('ssh_config')], haste: 50 },
    cut: proxy.cut,
    stall: proxy.stall,
    connections: proxy.connections,
    stop: async () => {
      await proxy.stop();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A server that listens. A port that was free may be taken before the server has it: then another is tried. */
async function listening(
  file: string,
  config: (port: number) => string,
): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    fs.writeFileSync(file, config(port));
    const child = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
    await until(
      'sshd to listen',
      () => /Server listening/.test(words) || child.exitCode !== null,
      () => words,
    );
    if (child.exitCode === null) return { child, port };
    if (attempt === 5 || !/in use/.test(words)) throw new Error(`sshd ended: ${words}`);
  }
}

async function startProxy(target: number) {
  const open = new Set<net.Socket>();
  let count = 0;
  let stalled = false;
  const server = net.createServer((client) => {
    count++;
    const upstream = net.connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      if (stalled) socket.pause();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): number => {
    const had = open.size / 2;
    for (const socket of open) socket.resetAndDestroy();
    return had;
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    cut,
    stall: (on: boolean) => {
      stalled = on;
      for (const socket of open) if (on) socket.pause();
      for (const socket of open) if (!on) socket.resume();
    },
    connections: () => count,
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
