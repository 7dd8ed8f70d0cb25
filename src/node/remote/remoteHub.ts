import { LosslineError } from '../../core/errors';
import type { FileSystem } from '../../core/sources/fileSystem';
import {
  type CommandLocation,
  formatLocation,
  type HttpLocation,
  type MlflowLocation,
  type RemoteLocation,
  type SlurmLocation,
  type SshHost,
  type SshLocation,
  sshPrefix,
  type TensorBoardLocation,
  type WandbLocation,
} from '../../core/sources/location';
import { PolledRun, type SeriesFeed } from '../../core/sources/remote/polledRun';
import type { RemoteRun, RemoteSource, RemoteSources } from '../../core/sources/remoteSource';
import { CommandFileSystem } from './commandFileSystem';
import { HttpFileSystem } from './httpFileSystem';
import { JsonServer } from './jsonServer';
import { MlflowFeed, MlflowServer } from './mlflowFeed';
import { slurmJobs } from './slurmJobs';
import { DEFAULT_SSH, SshFileSystem, type SshOptions } from './sshFileSystem';
import { TensorBoardFeed, TensorBoardServer } from './tensorboardFeed';
import { WandbFeed, WandbServer } from './wandbFeed';

/** Opens sources of every kind and keeps what they need: one connection per machine, one process per command. */
export class RemoteHub implements RemoteSources {
  readonly #machines = new Map<string, SshFileSystem>();
  readonly #commands = new Map<string, CommandFileSystem>();

  constructor(
    /** Local files, for jobs of a scheduler that write to this machine. */
    readonly files: FileSystem,
    readonly ssh: SshOptions = DEFAULT_SSH,
  ) {}

  open(location: RemoteLocation, secret?: string): Promise<RemoteSource> {
    switch (location.kind) {
      case 'ssh':
        return this.#openSsh(location);
      case 'http':
        return this.#openHttp(location, secret);
      case 'command':
        return this.#openCommand(location);
      case 'slurm':
        return this.#openSlurm(location);
      case 'tensorboard':
        return this.#openTensorBoard(location, secret);
      case 'mlflow':
        return this.#openMlflow(location, secret);
      case 'wandb':
        return this.#openWandb(location, secret);
    }
  }

  release(path: string): void {
    this.#commands.get(path)?.dispose();
    this.#commands.delete(path);
  }

  dispose(): void {
    for (const machine of this.#machines.values()) machine.dispose();
    for (const command of this.#commands.values()) command.dispose();
    this.#machines.clear();
    this.#commands.clear();
  }

  /** The files of a machine; the connection is made with the first question. */
  machine(host: SshHost): SshFileSystem {
    const key = sshPrefix(host);
    const known = this.#machines.get(key) ?? new SshFileSystem(host, this.ssh);
    this.#machines.set(key, known);
    return known;
  }

  async #openSsh(location: SshLocation): Promise<RemoteSource> {
    const fs = this.machine(location.host);
    const path = formatLocation(location);
    return { kind: 'files', fs, paths: [path], waits: false, group: location.host.destination };
  }

  async #openHttp({ url }: HttpLocation, secret: string | undefined): Promise<RemoteSource> {
    const fs = new HttpFileSystem(url, secret);
    return { kind: 'files', fs, paths: [url], waits: false, group: new URL(url).host };
  }

  async #openCommand(location: CommandLocation): Promise<RemoteSource> {
    const path = formatLocation(location);
    let fs = this.#commands.get(path);
    if (fs === undefined) {
      fs = new CommandFileSystem(location);
      try {
        await fs.start();
      } catch (error) {
        fs.dispose();
        throw error;
      }
      this.#commands.set(path, fs);
    }
    return { kind: 'files', fs, paths: [path], waits: false, group: location.argv[0]!, name: location.argv.join(' ') };
  }

  async #openSlurm({ job, host }: SlurmLocation): Promise<RemoteSource> {
    const machine = host === null ? undefined : this.machine(host);
    const jobs = await slurmJobs(job, machine);
    const paths = jobs.flatMap(({ stdout }) =>
      stdout === null ? [] : [host === null ? stdout : sshPrefix(host) + stdout],
    );
    if (paths.length === 0) {
      throw new LosslineError(
        'remote.notFound',
        `Job ${job} writes no output to a file, or has not begun. Look at scontrol show job ${job}.`,
      );
    }
    const group = host === null ? 'Slurm' : host.destination;
    return { kind: 'files', fs: machine ?? this.files, paths: [...new Set(paths)], waits: true, group };
  }

  async #openTensorBoard({ base, run }: TensorBoardLocation, secret: string | undefined): Promise<RemoteSource> {
    const server = new TensorBoardServer(new JsonServer(base, secret && `Bearer ${secret}`));
    const known = [...(await server.tags()).keys()];
    const chosen = run === null ? known : known.filter((name) => name === run);
    if (run !== null && chosen.length === 0) {
      throw new LosslineError(
        'remote.notFound',
        `TensorBoard has no run ${run} with scalars. It has: ${known.slice(0, 10).join(', ')}.`,
      );
    }
    const runs = chosen.map((name) =>
      polled({ kind: 'tensorboard', base, run: name }, name, 'TensorBoard server', new TensorBoardFeed(server, name)),
    );
    return { kind: 'runs', runs, group: new URL(base).host };
  }

  async #openMlflow({ base, experiment, run }: MlflowLocation, secret: string | undefined): Promise<RemoteSource> {
    const server = new MlflowServer(new JsonServer(base, secret && mlflowAuthorization(secret)));
    const found = run === null ? await server.runs(experiment) : [await server.run(run)];
    const runs = found.map((each) =>
      polled(
        { kind: 'mlflow', base, experiment: null, run: each.id },
        each.name,
        'MLflow server',
        new MlflowFeed(server, each.id),
      ),
    );
    return { kind: 'runs', runs, group: new URL(base).host };
  }

  async #openWandb(location: WandbLocation, secret: string | undefined): Promise<RemoteSource> {
    const { base, entity, project, run } = location;
    const authorization = secret && `Basic ${Buffer.from(`api:${secret}`).toString('base64')}`;
    const server = new WandbServer(new JsonServer(base, authorization), { entity, project });
    const found = run === null ? await server.runs() : [await server.run(run)];
    const runs = found.map((each) =>
      polled({ ...location, run: each.id }, each.name, 'W&B server', new WandbFeed(server, each.id)),
    );
    return { kind: 'runs', runs, group: `${entity}/${project}` };
  }
}

function polled(location: RemoteLocation, name: string, title: string, feed: SeriesFeed): RemoteRun {
  const id = formatLocation(location);
  return { id, name, file: new PolledRun(id, { id: `${location.kind}-server`, title }, feed, () => Date.now()) };
}

/** `user:password` is what a server with its own accounts takes, anything else is a token. Source: MLflow, Authentication. */
function mlflowAuthorization(secret: string): string {
  return secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`;
}
