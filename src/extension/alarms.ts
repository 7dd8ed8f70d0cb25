import * as vscode from 'vscode';
import type { RunSummary, WarningSummary } from '../protocol/run';
import type { Background } from './background';
import type { PanelSet } from './panels/panelSet';
import type { RunPanel } from './panels/runPanel';
import { areNotificationsEnabled } from './settings';

/** Key of the warnings that were told in this workspace. */
const TOLD = 'lossline.alarms';
/** Warnings that are remembered as told. */
const MAX_TOLD = 500;
/** A run whose log has not grown for so many milliseconds is not spoken of: what happened is no news. */
const NEWS = 2 * 3600_000;

/** Tells of each new warning of severity error once, one message at a time. Nothing else of the extension calls by itself. */
export class Alarms implements vscode.Disposable {
  readonly #told: Set<string>;
  readonly #subscription: vscode.Disposable;
  #shown = false;

  constructor(
    readonly background: Background,
    readonly panels: PanelSet<RunPanel>,
  ) {
    this.#told = new Set(background.context.workspaceState.get<string[]>(TOLD) ?? []);
    this.#subscription = background.onDidChange(() => void this.#look());
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #look(): Promise<void> {
    if (this.#shown || !areNotificationsEnabled()) return;
    const news = this.background.shown.filter(({ changedAt }) => Date.now() - changedAt < NEWS).flatMap(unresolved);
    const next = news.find(({ key }) => !this.#told.has(key));
    if (next === undefined) return;
    this.#shown = true;
    this.#told.add(next.key);
    try {
      await this.background.context.workspaceState.update(TOLD, [...this.#told].slice(-MAX_TOLD));
      await this.#tell(next);
    } finally {
      this.#shown = false;
    }
    void this.#look();
  }

  async #tell({ run, warning }: Alarm): Promise<void> {
    const open = vscode.l10n.t('Open');
    const mute = vscode.l10n.t('Mute');
    const message = `${run.name}: ${warning.title}. ${warning.text}`;
    const choice = await vscode.window.showErrorMessage(message, open, mute);
    if (choice === open) this.panels.open(run.id);
    if (choice !== mute) return;
    await this.background.setMuted({ run: run.id, key: `${warning.id}@${warning.step}`, muted: true }, true);
  }
}

interface Alarm {
  readonly key: string;
  readonly run: RunSummary;
  readonly warning: WarningSummary;
}

function unresolved(run: RunSummary): Alarm[] {
  return run.warnings
    .filter(({ severity, until }) => severity === 'error' && until === null)
    .map((warning) => ({ key: `${run.id} ${warning.id}@${warning.step}`, run, warning }));
}
