import * as vscode from 'vscode';
import { isDiscoveryEnabled } from './settings';

/** Names that only training runs have. */
const CERTAIN = /^(trainer_state\.json|events\.out\.tfevents.*|nohup\.out|train(ing)?\.log|metrics\.(jsonl|csv))$/i;
/** Names that a log may have, in a folder where runs usually are or at the top of the workspace. */
const LIKELY = /\.(log|out|jsonl|csv|tsv|txt)$/i;
const RUN_FOLDER = /^(runs?|logs?|outputs?|out|wandb|lightning_logs|checkpoints?|results|experiments|mlruns)$/i;
const NEVER = /^(\..*|node_modules|venv|site-packages|__pycache__|dist|build|target)$/;

/** Bounds of the look: it must cost nothing in a workspace without runs. */
const MAX_FOLDERS = 300;
const MAX_DEPTH = 6;

interface Place {
  readonly uri: vscode.Uri;
  readonly depth: number;
  /** True in and below a folder in which runs usually are. */
  readonly runs: boolean;
}

/**
 * True when the workspace holds a file that may be the log of a run. Lists at most a few hundred folders, run folders
 * first, opens no file and starts nothing.
 */
export async function mayHoldRuns(): Promise<boolean> {
  if (!isDiscoveryEnabled()) return false;
  const queue: Place[] = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => ({ uri, depth: 0, runs: true }));
  for (let looked = 0; queue.length > 0 && looked < MAX_FOLDERS; looked++) {
    const place = queue.shift()!;
    const entries = await vscode.workspace.fs.readDirectory(place.uri).then(
      (found) => found,
      () => [],
    );
    if (entries.some(([name, type]) => type !== vscode.FileType.Directory && isCandidate(name, place.runs)))
      return true;
    if (place.depth >= MAX_DEPTH) continue;
    for (const [name, type] of entries) {
      if (type !== vscode.FileType.Directory || NEVER.test(name)) continue;
      const runs = RUN_FOLDER.test(name) || (place.depth > 0 && place.runs);
      const next = { uri: vscode.Uri.joinPath(place.uri, name), depth: place.depth + 1, runs };
      if (runs) queue.unshift(next);
      else queue.push(next);
    }
  }
  return false;
}

function isCandidate(name: string, inRunFolder: boolean): boolean {
  return CERTAIN.test(name) || (inRunFolder && LIKELY.test(name) && !/^requirements.*\.txt$/i.test(name));
}

/** Milliseconds after something was made in the workspace until it is looked at again. */
const SETTLE = 2_000;

/**
 * Calls back once, when a file that may be the log of a run has appeared in a workspace that held none. Waits for the
 * editor's file events and starts nothing itself.
 */
export function whenRunsAppear(onAppear: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, true);
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    if (await mayHoldRuns()) {
      watcher.dispose();
      onAppear();
    }
    timer = undefined;
  };
  watcher.onDidCreate(() => {
    timer ??= setTimeout(() => void look(), SETTLE);
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
