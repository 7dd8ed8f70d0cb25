import * as vscode from 'vscode';
import type { RunState } from '../core/model';
import { localNumbers } from '../core/report/localNumbers';
import type { RunSummary } from '../protocol/run';

/** The number formats in the language of the editor. */
export const { formatBytes, formatCompact, formatInterval, formatLoss, formatStep } = localNumbers(vscode.env.language);

/** The state of a run as a word. */
export function stateWord(state: RunState): string {
  switch (state) {
    case 'live':
      return vscode.l10n.t('live');
    case 'stalled':
      return vscode.l10n.t('stalled');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'diverged':
      return vscode.l10n.t('diverged');
  }
}

/** Short state of a run for trees and pickers: `12.4k / 25k · 3.214 → 3.021 ± 0.012`. */
export function runDescription(run: RunSummary): string {
  const parts: string[] = [];
  if (run.step !== null) {
    const total = run.totalSteps === null ? '' : ` / ${formatCompact(run.totalSteps)}`;
    parts.push(`${formatCompact(run.step)}${total}`);
  }
  if (run.loss !== null) parts.push(`${formatLoss(run.loss)}${forecastArrow(run)}`);
  const warnings = graveWarnings(run).length;
  if (warnings > 0) parts.push(warnings === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', warnings));
  if (run.issues > 0) parts.push(`⚠ ${run.issues}`);
  return parts.join(' · ');
}

/** Warnings that last and are more than a remark: what the Runs view and the status bar count. */
export function graveWarnings({ warnings }: RunSummary): RunSummary['warnings'] {
  return warnings.filter(({ severity, until }) => severity !== 'info' && until === null);
}

/** ` → 3.021 ± 0.012` for a run with a forecast that can be trusted, else nothing. */
export function forecastArrow({ forecast, refused }: RunSummary): string {
  return forecast === null || refused !== null ? '' : ` → ${forecastText(forecast)}`;
}

/** A forecast with its 80 % interval: `3.021 ± 0.012`. */
export function forecastText({ value, interval80 }: NonNullable<RunSummary['forecast']>): string {
  return formatInterval({ value, interval: interval80 });
}
