import * as vscode from 'vscode';
import * as protocol from '../../protocol/server';
import type { FoundCheckpointView } from '../../protocol/spectra';
import type { Background } from '../background';
import { formatBytes, formatStep } from '../format';

/** File name extensions of the dialog. */
const EXTENSIONS = ['safetensors', 'pt', 'pth', 'bin', 'ckpt', 'json', 'npz', 'npy', 'gguf'];

interface Item extends vscode.QuickPickItem {
  /** Absent: the user wants to choose a file. */
  readonly path?: string;
}

/**
 * Lets the user choose among the checkpoints of the runs, found while the list is open, or a file or folder; straight to the
 * file dialog when there is no run.
 */
export async function pickCheckpoint(background: Background): Promise<string | undefined> {
  await background.ready();
  const label = vscode.l10n.t('Analyze');
  if (background.runs.length === 0) return chooseCheckpointFile(label);
  const pick = vscode.window.createQuickPick<Item>();
  const browse: Item = { label: vscode.l10n.t('$(folder-opened) Choose a file or folder…'), alwaysShow: true };
  pick.placeholder = vscode.l10n.t('Which checkpoint?');
  pick.matchOnDescription = true;
  pick.items = [browse];
  pick.busy = true;
  void itemsOf(background, (items) => {
    pick.items = [...items, browse];
  }).finally(() => {
    pick.busy = false;
  });
  const chosen = await new Promise<Item | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.activeItems[0]));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return chosen !== undefined && chosen.path === undefined ? chooseCheckpointFile(label) : chosen?.path;
}

/** The checkpoints of one run. */
export async function checkpointsOf(background: Background, run: string): Promise<readonly FoundCheckpointView[]> {
  const { checkpoints } = await background.request<
    protocol.CheckpointsList['params'],
    protocol.CheckpointsList['result']
  >(protocol.CHECKPOINTS_LIST, { run });
  return checkpoints;
}

/** Step and size, as far as known; the step only where the label does not say it. */
export function checkpointDetail({ label, step, epoch, bytes }: FoundCheckpointView): string {
  const parts = bytes === null ? [] : [formatBytes(bytes)];
  const says = (count: number | null): count is number => count !== null && !label.includes(String(count));
  if (says(step)) parts.unshift(vscode.l10n.t('step {0}', formatStep(step)));
  else if (step === null && says(epoch)) parts.unshift(vscode.l10n.t('epoch {0}', formatStep(epoch)));
  return parts.join(' · ');
}

/** Asks for a file or folder in a dialog. */
export async function chooseCheckpointFile(openLabel: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: true,
    openLabel,
    filters: { [vscode.l10n.t('Checkpoints')]: EXTENSIONS },
  });
  return chosen?.[0]?.fsPath;
}

/** Lists run after run, the newest checkpoints of each first; `show` is called as they come. */
async function itemsOf(background: Background, show: (items: readonly Item[]) => void): Promise<void> {
  const items = new Map<string, Item>();
  for (const run of background.runs) {
    const found = await checkpointsOf(background, run.id).catch(() => []);
    for (const each of [...found].reverse()) {
      const item = { label: each.label, description: `${run.name} · ${checkpointDetail(each)}`, path: each.path };
      if (!items.has(each.path)) items.set(each.path, item);
    }
    show([...items.values()]);
  }
}
