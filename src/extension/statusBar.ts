import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import type { Background } from './background';
import { forecastArrow, formatCompact, formatLoss, graveWarnings } from './format';
import { isStatusBarEnabled } from './settings';

/** The followed run in the status bar: progress, loss → forecast. Hidden while there is no run. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('lossline.run', vscode.StatusBarAlignment.Left, -10);

  constructor(readonly background: Background) {
    this.#item.name = 'Lossline';
    this.#item.command = 'lossline.run.open';
    background.onDidChange(() => this.#update());
  }

  dispose(): void {
    this.#item.dispose();
  }

  #update(): void {
    const run = followedRun(this.background.shown);
    if (run === undefined || !isStatusBarEnabled()) {
      this.#item.hide();
      return;
    }
    const loss = run.loss === null ? '' : ` ${formatLoss(run.loss)}`;
    const warnings = graveWarnings(run);
    const count = warnings.length === 0 ? '' : ` $(warning) ${warnings.length}`;
    this.#item.text = `$(graph-line) ${progress(run)}${loss}${forecastArrow(run)}${count}`;
    const lines = warnings.map(({ title, text }) => `${title}: ${text}`);
    const end = run.refused?.reason ?? vscode.l10n.t('Click to open the run.');
    this.#item.tooltip = [`Lossline: ${run.name}`, ...lines, end].join('\n');
    this.#item.accessibilityInformation = { label: `Lossline, ${run.name}, ${this.#item.text}` };
    const bad = run.state === 'diverged' || warnings.some(({ severity }) => severity === 'error');
    this.#item.backgroundColor = bad ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }
}

/** The run that the status bar follows: a live one before all others, then the one that changed last. */
function followedRun(runs: readonly RunSummary[]): RunSummary | undefined {
  return runs.find((run) => run.state === 'live') ?? runs[0];
}

function progress(run: RunSummary): string {
  if (run.step === null) return 'Lossline';
  if (run.totalSteps === null || run.totalSteps <= 0) return formatCompact(run.step);
  return `${Math.min(100, Math.floor((100 * run.step) / run.totalSteps))} %`;
}
