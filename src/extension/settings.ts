import * as vscode from 'vscode';

/** Globs that discovery leaves out: the editor's own watcher excludes and the setting of the extension. */
export function discoveryExcludes(): string[] {
  const watcher = vscode.workspace.getConfiguration('files').get<Record<string, boolean>>('watcherExclude') ?? {};
  const own = vscode.workspace.getConfiguration('lossline').get<string[]>('discovery.exclude') ?? [];
  return [...Object.keys(watcher).filter((glob) => watcher[glob]), ...own];
}

/** True when workspaces are searched for runs without being asked. */
export function isDiscoveryEnabled(): boolean {
  return vscode.workspace.getConfiguration('lossline').get('discovery.enabled', true);
}

/** True when forecasts learn from the finished runs of the project. */
export function isMemoryEnabled(): boolean {
  return vscode.workspace.getConfiguration('lossline').get('memory.enabled', true);
}

/** True when grave warnings may be told in a notification. */
export function areNotificationsEnabled(): boolean {
  return vscode.workspace.getConfiguration('lossline').get('notifications.enabled', true);
}

export function isStatusBarEnabled(): boolean {
  return vscode.workspace.getConfiguration('lossline').get('statusBar.enabled', true);
}

/** True when new checkpoints of live runs are measured without being asked. */
export function isLiveSpectraEnabled(): boolean {
  return vscode.workspace.getConfiguration('lossline').get('spectra.live', false);
}
