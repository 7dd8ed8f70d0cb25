import * as vscode from 'vscode';
import type { RunState } from '../core/model';
import type { RunSummary } from '../protocol/run';
import type { Background } from './background';
import { graveWarnings, runDescription } from './format';

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

type Node = Group | RunSummary;

/** The Runs view: runs by source; the source level is left out when there is only one. */
export class RunsTree implements vscode.TreeDataProvider<Node> {
  readonly #didChange = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(readonly background: Background) {
    background.onDidChange(() => this.#didChange.fire(undefined));
  }

  getChildren(node?: Node): Node[] {
    const runs = this.background.runs.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    if (node !== undefined) return 'id' in node ? [] : runs.filter((run) => run.source === node.source);
    const sources = [...new Set(runs.map((run) => run.source))];
    return sources.length > 1 ? sources.map((source) => ({ source })) : runs;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (!('id' in node)) {
      const group = new vscode.TreeItem(
        node.source || vscode.l10n.t('Added'),
        vscode.TreeItemCollapsibleState.Expanded,
      );
      group.id = `source:${node.source}`;
      return group;
    }
    const item = new vscode.TreeItem(node.name);
    item.id = node.id;
    item.description = runDescription(node);
    item.iconPath = ICONS[node.state];
    item.contextValue = 'run';
    item.tooltip = tooltip(node);
    item.accessibilityInformation = { label: `${node.name}, ${node.state}, ${runDescription(node)}` };
    item.command = { command: 'lossline.run.open', title: vscode.l10n.t('Open Run'), arguments: [node] };
    return item;
  }
}

/** Plain text: names come from files and must not be read as Markdown. */
function tooltip(run: RunSummary): string {
  const lines = [
    `${run.name} — ${run.state}`,
    run.format + (run.guessed ? vscode.l10n.t(' (guessed)') : ''),
    ...run.files,
  ];
  if (run.refused !== null) lines.push(run.refused.reason);
  lines.push(...graveWarnings(run).map(({ title, text }) => `${title}: ${text}`));
  return lines.join('\n');
}
