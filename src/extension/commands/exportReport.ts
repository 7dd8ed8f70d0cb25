import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { pickRun } from './pickRun';

/** *Lossline: Export Report*: the report of a run's forecast as a new Markdown document, to be read or saved. */
export async function exportReport(background: Background, argument: unknown): Promise<void> {
  const run = await pickRun(background, argument);
  if (run === undefined) return;
  const title = vscode.l10n.t('Writing the report of {0}…', run.name);
  try {
    const { markdown } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      background.request<protocol.ReportMake['params'], protocol.ReportMake['result']>(protocol.REPORT_MAKE, {
        run: run.id,
      }),
    );
    const document = await vscode.workspace.openTextDocument({ content: markdown, language: 'markdown' });
    await vscode.window.showTextDocument(document, { preview: false });
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} has no report: {1}', run.name, messageOf(error)));
  }
}
