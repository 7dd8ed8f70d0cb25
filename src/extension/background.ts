import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../core/errors';
import type { PlanFacts, RunId } from '../core/model';
import { isRemote } from '../core/sources/location';
import type { RunSummary } from '../protocol/run';
import * as protocol from '../protocol/server';
import { PROTOCOL_VERSION } from '../protocol/version';
import type * as clientBundle from './client';
import type { Connection } from './client';
import { HiddenRuns } from './hiddenRuns';
import { KeptRecord } from './keptRecord';
import { Memory } from './memory';
import { Secrets } from './secrets';
import { discoveryExcludes, isLiveSpectraEnabled } from './settings';
import { keptSources } from './sources';

/** Key of the warnings that the user has silenced, in the workspace state. */
const MUTES = 'lossline.mutes';

/**
 * The background process: started with the first need, brought up to date after each start, and the list of its runs.
 * Everything of it that must outlive a crash (folders, added files, plans) is kept here and said again.
 */
export class Background implements vscode.Disposable {
  readonly #runs = new Map<RunId, RunSummary>();
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #panelEvent = new vscode.EventEmitter<protocol.PanelEvent['params']>();
  readonly #didRestart = new vscode.EventEmitter<void>();
  readonly #added = new Set<string>();
  readonly secrets: Secrets;
  /** The user's words on plans, by run; on formats, by file; and names for runs. */
  readonly plans: KeptRecord<PlanFacts>;
  readonly formats: KeptRecord<protocol.LogChoice>;
  readonly names: KeptRecord<string>;
  readonly hidden: HiddenRuns;
  /** What was learnt from finished runs of this project. */
  readonly memory: Memory;
  /** What the last search of the workspace left out, and whether it ended at a limit. */
  skipped: protocol.RunsScan['result']['skipped'] = [];
  capped = false;
  #connection: Promise<Connection> | undefined;
  #scanned: Promise<void> | undefined;
  #starts = 0;

  /** Fires when runs appeared, changed or went. */
  readonly onDidChange = this.#didChange.event;
  readonly onPanelEvent = this.#panelEvent.event;
  /** Fires when the process is back after a crash. */
  readonly onDidRestart = this.#didRestart.event;

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly output: vscode.LogOutputChannel,
  ) {
    this.secrets = new Secrets(context);
    const { workspaceState } = context;
    this.memory = new Memory(workspaceState);
    this.plans = new KeptRecord(workspaceState, 'lossline.plans');
    this.formats = new KeptRecord(workspaceState, 'lossline.formats');
    this.names = new KeptRecord(workspaceState, 'lossline.names');
    this.hidden = new HiddenRuns(workspaceState);
    this.hidden.onDidChange(() => this.#didChange.fire());
  }

  get started(): boolean {
    return this.#connection !== undefined;
  }

  /** Runs known now, the one that changed last first. */
  get runs(): RunSummary[] {
    return [...this.#runs.values()].sort((a, b) => b.changedAt - a.changedAt);
  }

  /** Those that the user has not hidden. */
  get shown(): RunSummary[] {
    return this.runs.filter(({ id }) => !this.hidden.has(id));
  }

  run(id: RunId): RunSummary | undefined {
    return this.#runs.get(id);
  }

  /** Starts the process unless it runs; resolves when the first scan of the workspace is done. */
  async ready(): Promise<void> {
    await this.#connect();
    await this.#scanned;
  }

  async request<P, R>(method: string, params: P, token?: vscode.CancellationToken): Promise<R> {
    const connection = await this.#connect();
    return connection.request<P, R>(method, params, token);
  }

  async notify<P>(method: string, params: P): Promise<void> {
    (await this.#connect()).notify(method, params);
  }

  /**
   * The run that is meant by its id or by one of its files; a file of this machine that belongs to none is followed.
   * `undefined` for a run on another machine that is not followed now. Throws when a file is no log.
   */
  async runAt(place: string): Promise<RunSummary | undefined> {
    await this.ready();
    const known = this.run(place) ?? this.runs.find(({ files }) => files.includes(place));
    return known ?? (isRemote(place) ? undefined : (await this.add(place))[0]);
  }

  /** Follows a file, folder or other source that the user chose; returns the runs in it. */
  async add(source: string): Promise<readonly RunSummary[]> {
    const params = await this.#addition(source);
    const runs = await this.request<protocol.RunsAdd['params'], protocol.RunsAdd['result']>(protocol.RUNS_ADD, params);
    this.#added.add(source);
    this.#take({ changed: runs, removed: [] });
    return runs;
  }

  /**
   * Follows the sources that the user has added earlier, when the user looks for runs: no window connects to anything by
   * itself. What cannot be followed is logged; *Refresh Runs* tries again.
   */
  async followSources(): Promise<void> {
    const missing = keptSources().filter((source) => !this.#added.has(source));
    await Promise.all(
      missing.map((source) =>
        this.add(source).catch((error: unknown) => this.output.warn(`${source}: ${messageOf(error)}`)),
      ),
    );
  }

  /** A source that the user removed is not followed again. */
  drop(source: string): void {
    this.#added.delete(source);
  }

  /** Keeps the user's word on a plan in the workspace; `send` also tells the process. */
  async setPlan(run: RunId, facts: PlanFacts | null, send: boolean): Promise<void> {
    await this.plans.set(run, facts);
    if (send) await this.request<protocol.PlanSet['params'], null>(protocol.PLAN_SET, { run, facts });
  }

  /** Keeps the user's word on the format of a log in the workspace and tells the process. `null` takes it back. */
  async setChoice(file: string, choice: protocol.LogChoice | null): Promise<void> {
    await this.formats.set(file, choice);
    await this.request<protocol.FormatSet['params'], null>(protocol.FORMAT_SET, { file, choice });
  }

  /** Keeps the user's name for a run in the workspace and tells the process. `null` takes it back. */
  async setName(run: RunId, name: string | null): Promise<void> {
    await this.names.set(run, name);
    await this.request<protocol.RunRename['params'], null>(protocol.RUN_RENAME, { run, name });
  }

  /** Tells the process what to learn from, after the user changed it. Starts nothing. */
  async tellMemory(): Promise<void> {
    if (!this.started) return;
    await this.request<protocol.MemorySet['params'], null>(protocol.MEMORY_SET, this.memory.kept);
  }

  /** Tells the process whether to measure new checkpoints, after the user changed it. Starts nothing. */
  async tellSpectra(): Promise<void> {
    if (!this.started) return;
    await this.request<protocol.SpectraSettings['params'], null>(protocol.SPECTRA_SETTINGS, this.#spectra);
  }

  get #spectra(): protocol.SpectraSettings['params'] {
    const folder = vscode.Uri.joinPath(this.context.globalStorageUri, 'spectra');
    return { live: isLiveSpectraEnabled(), folder: folder.scheme === 'file' ? folder.fsPath : null };
  }

  /** Silences a warning or lets it be heard again, in this workspace; `send` also tells the process. */
  async setMuted(mute: protocol.WarningsMute['params'], send: boolean): Promise<void> {
    const rest = this.#mutes.filter(({ run, key }) => run !== mute.run || key !== mute.key);
    await this.context.workspaceState.update(MUTES, mute.muted ? [...rest, mute] : rest);
    if (send) await this.request<protocol.WarningsMute['params'], null>(protocol.WARNINGS_MUTE, mute);
  }

  get #mutes(): protocol.WarningsMute['params'][] {
    return this.context.workspaceState.get<protocol.WarningsMute['params'][]>(MUTES) ?? [];
  }

  /** Looks through the workspace folders again. */
  async scan(): Promise<void> {
    const connection = await this.#connect();
    this.#scanned = this.#scan(connection);
    await this.#scanned;
  }

  dispose(): void {
    void this.#connection?.then((connection) => connection.stop()).catch(() => undefined);
    this.hidden.dispose();
    this.#didChange.dispose();
    this.#panelEvent.dispose();
    this.#didRestart.dispose();
  }

  async #addition(source: string): Promise<protocol.RunsAdd['params']> {
    const secret = await this.secrets.of(source);
    return secret === undefined ? { path: source } : { path: source, secret };
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#start().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #start(): Promise<Connection> {
    const dist = path.join(this.context.extensionPath, 'dist');
    const { connect } = require('./client.js') as typeof clientBundle;
    const connection = await connect(path.join(dist, 'server.js'), this.output);
    connection.onNotification<protocol.RunsDidChange['params']>(protocol.RUNS_DID_CHANGE, (change) =>
      this.#take(change),
    );
    connection.onNotification<protocol.PanelEvent['params']>(protocol.PANEL_EVENT, (event) =>
      this.#panelEvent.fire(event),
    );
    connection.onNotification<protocol.MemoryDidLearn['params']>(protocol.MEMORY_DID_LEARN, ({ runs }) => {
      void this.memory.keep(runs);
    });
    connection.onDidStart(() => {
      this.#scanned = this.#introduce(connection);
    });
    return connection;
  }

  /** First words to a process that has just come up, the first time and after a crash. */
  async #introduce(connection: Connection): Promise<void> {
    const again = this.#starts++ > 0;
    try {
      const hello = await connection.request<protocol.Hello['params'], protocol.Hello['result']>(protocol.HELLO, {
        version: PROTOCOL_VERSION,
      });
      if (hello.version !== PROTOCOL_VERSION) {
        void vscode.window.showErrorMessage(vscode.l10n.t('Lossline was updated. Reload the window to go on.'));
        return;
      }
      for (const [run, facts] of this.plans.entries) await connection.request(protocol.PLAN_SET, { run, facts });
      for (const [run, name] of this.names.entries) await connection.request(protocol.RUN_RENAME, { run, name });
      for (const [file, choice] of this.formats.entries) {
        await connection.request(protocol.FORMAT_SET, { file, choice });
      }
      for (const mute of this.#mutes) await connection.request(protocol.WARNINGS_MUTE, mute);
      await connection.request<protocol.MemorySet['params'], null>(protocol.MEMORY_SET, this.memory.kept);
      await connection.request<protocol.SpectraSettings['params'], null>(protocol.SPECTRA_SETTINGS, this.#spectra);
      if (again) this.#runs.clear();
      await this.#scan(connection);
      // One that cannot be reached now must not keep the others away.
      for (const source of this.#added) {
        await connection
          .request(protocol.RUNS_ADD, await this.#addition(source))
          .catch((error: unknown) => this.output.warn(`${source}: ${messageOf(error)}`));
      }
      if (again) this.#didRestart.fire();
    } catch (error) {
      this.output.error(`The background process could not be set up: ${messageOf(error)}`);
    }
  }

  async #scan(connection: Connection): Promise<void> {
    const roots = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri, name }) => ({ path: uri.fsPath, name }));
    const params = { roots, exclude: discoveryExcludes() };
    const report = await connection.request<protocol.RunsScan['params'], protocol.RunsScan['result']>(
      protocol.RUNS_SCAN,
      params,
    );
    this.skipped = report.skipped;
    this.capped = report.capped;
    this.output.info(`Found ${report.found} logs.${report.capped ? ' The scan reached its limit.' : ''}`);
    for (const { path: where, reason } of report.skipped) this.output.info(`Left out ${where}: ${reason}`);
    const runs = await connection.request<null, protocol.RunsList['result']>(protocol.RUNS_LIST, null);
    this.#take({ changed: runs, removed: [] });
  }

  #take({ changed, removed }: protocol.RunsDidChange['params']): void {
    for (const id of removed) this.#runs.delete(id);
    for (const run of changed) this.#runs.set(run.id, run);
    this.#didChange.fire();
  }
}
