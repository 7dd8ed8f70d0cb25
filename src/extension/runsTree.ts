import * as vscode from 'vscode';
import type { RunState } from '../core/model';
import type { RunSummary } from '../protocol/run';
import type { FoundCheckpointView } from '../protocol/spectra';
import type { Background } from './background';
import { checkpointDetail, checkpointsOf } from './commands/pickCheckpoint';
import { graveWarnings, runDescription, stateWord } from './format';
import { RowCommands } from './rowCommands';

const ICONS: Record<RunState, vscode.ThemeIcon> = {
  live: new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green')),
  stalled: new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow')),
  finished: new vscode.ThemeIcon('pass', new vscode.ThemeColor('charts.blue')),
  diverged: new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground')),
};

/** A workspace folder or another source of runs. */
interface Group {
  readonly source: string;
}

/** A checkpoint of a run; without a `path` the word that there is none. */
interface CheckpointNode extends Partial<FoundCheckpointView> {
  readonly run: string;
}

/** A row of the Runs view. */
export type RunNode = Group | RunSummary | CheckpointNode;

/** Milliseconds for which the checkpoints of a run are not looked for again: the view is drawn anew with every point. */
const FRESH_MS = 15_000;

/**
 * The Runs view: runs by source; the source level is left out when there is only one. The checkpoints of a run are looked
 * for when it is expanded.
 */
export class RunsTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<RunNode[] | undefined>();
  readonly onDidChangeTreeData = this.#didChange.event;
  readonly #checkpoints = new Map<string, { readonly at: number; readonly nodes: Promise<CheckpointNode[]> }>();

  /** The object of each run: the editor knows a row by it, so that it must stay the same while the run changes. */
  readonly #rows = new Map<string, RunSummary>();
  readonly #drawn = new Map<RunSummary, string>();
  readonly #commands = new RowCommands();
  #filter = '';
  #shape = '';

  constructor(readonly background: Background) {
    background.onDidChange(() => this.#update());
  }

  /** Words that a run must have to be shown; empty shows all that are not hidden. */
  get filter(): string {
    return this.#filter;
  }

  set filter(words: string) {
    this.#filter = words;
    this.#didChange.fire(undefined);
  }

  getChildren(node?: RunNode): RunNode[] | Promise<RunNode[]> {
    if (node !== undefined && 'run' in node) return [];
    if (node !== undefined && 'id' in node) return this.#checkpointsOf(node.id);
    const runs = this.#runs();
    this.#shape = shapeOf(runs);
    if (node !== undefined) return runs.filter((run) => run.source === node.source);
    const sources = [...new Set(runs.map((run) => run.source))];
    return sources.length > 1 ? sources.map((source) => ({ source })) : runs;
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    if ('run' in node) return checkpointItem(node, this.#commands);
    return 'id' in node ? runItem(node, this.#commands) : groupItem(node);
  }

  dispose(): void {
    this.#commands.dispose();
  }

  /** Runs in the order of the view, each as the object that the editor knows. */
  #runs(): RunSummary[] {
    const runs = this.background.shown.map((run) => Object.assign(this.#rows.get(run.id) ?? {}, run));
    this.#rows.clear();
    for (const run of runs) this.#rows.set(run.id, run);
    return runs
      .filter((run) => hasWords(run, this.#filter))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  }

  /** Draws the rows that changed, and everything only when there are others: what a person is expanding stays there. */
  #update(): void {
    const runs = this.#runs();
    if (shapeOf(runs) !== this.#shape) {
      this.#didChange.fire(undefined);
      return;
    }
    const changed = runs.filter((run) => this.#drawn.get(run) !== lookOf(run));
    this.#drawn.clear();
    for (const run of runs) this.#drawn.set(run, lookOf(run));
    if (changed.length > 0) this.#didChange.fire(changed);
  }

  #checkpointsOf(run: string): Promise<CheckpointNode[]> {
    const known = this.#checkpoints.get(run);
    if (known !== undefined && Date.now() - known.at < FRESH_MS) return known.nodes;
    const nodes = checkpointsOf(this.background, run).then(
      // The newest first, as they are what is looked for.
      (found) => (found.length === 0 ? [{ run }] : [...found].reverse().map((each) => ({ ...each, run }))),
      () => [{ run }],
    );
    this.#checkpoints.set(run, { at: Date.now(), nodes });
    return nodes;
  }
}

/** Which rows there are, in what order and under which source. */
function shapeOf(runs: readonly RunSummary[]): string {
  return runs.map(({ id, source }) => `${source}\n${id}`).join('\n');
}

/** All that a row shows. */
function lookOf(run: RunSummary): string {
  return [run.name, run.state, runDescription(run), tooltip(run)].join('\n');
}

/** True when every word of `filter` is in the name, state, format, source or a path of the run. */
function hasWords({ name, state, format, source, files }: RunSummary, filter: string): boolean {
  const text = [name, state, format, source, ...files].join('\n').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function groupItem({ source }: Group): vscode.TreeItem {
  const group = new vscode.TreeItem(source || vscode.l10n.t('Added'), vscode.TreeItemCollapsibleState.Expanded);
  group.id = `source:${source}`;
  return group;
}

function checkpointItem({ run, path, label, ...node }: CheckpointNode, commands: RowCommands): vscode.TreeItem {
  if (path === undefined || label === undefined) {
    const none = new vscode.TreeItem('');
    none.description = vscode.l10n.t('no checkpoints found beside the log');
    none.accessibilityInformation = { label: none.description };
    return none;
  }
  const item = new vscode.TreeItem(label);
  item.id = `checkpoint:${run}:${path}`;
  item.description = checkpointDetail({ step: null, epoch: null, bytes: null, ...node, path, label });
  item.iconPath = new vscode.ThemeIcon('archive');
  item.contextValue = 'checkpoint';
  item.tooltip = path;
  item.accessibilityInformation = { label: `${vscode.l10n.t('Checkpoint')} ${label}, ${item.description}` };
  item.command = commands.of(item.id, vscode.l10n.t('Analyze Spectra'), 'lossline.spectra.analyze', { path });
  return item;
}

function runItem(node: RunSummary, commands: RowCommands): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = node.id;
  item.description = runDescription(node);
  item.iconPath = ICONS[node.state];
  item.contextValue = 'run';
  item.tooltip = tooltip(node);
  item.accessibilityInformation = { label: `${node.name}, ${stateWord(node.state)}, ${runDescription(node)}` };
  item.command = commands.of(node.id, vscode.l10n.t('Open Run'), 'lossline.run.open', node.id);
  return item;
}

/** Plain text: names come from files and must not be read as Markdown. */
function tooltip(run: RunSummary): string {
  const lines = [
    `${run.name} — ${stateWord(run.state)}`,
    run.format + (run.guessed ? vscode.l10n.t(' (guessed)') : ''),
    ...run.files,
  ];
  if (run.refused !== null) lines.push(run.refused.reason);
  lines.push(...graveWarnings(run).map(({ title, text }) => `${title}: ${text}`));
  return lines.join('\n');
}
