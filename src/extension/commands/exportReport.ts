import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { pickRun } from './pickRun';

/** *Lossline: Export Report*: the report of a run's forecast. Called with a format it does not ask for one. */
export async function exportReport(
  background: Background,
  argument: unknown,
  given?: protocol.ReportFormat,
): Promise<void> {
  const run = await pickRun(background, argument);
  const format = run === undefined ? undefined : (given ?? (await pickFormat()));
  if (run === undefined || format === undefined) return;
  try {
    const { text } = await make(background, run, format);
    await (format === 'html' ? savePage(run, text) : show(text, format));
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} has no report: {1}', run.name, messageOf(error)));
  }
}

async function pickFormat(): Promise<protocol.ReportFormat | undefined> {
  const { t } = vscode.l10n;
  const items: (vscode.QuickPickItem & { format: protocol.ReportFormat })[] = [
    {
      label: '$(markdown) Markdown',
      detail: t('To be pasted into notes, issues and pull requests'),
      format: 'markdown',
    },
    { label: '$(browser) HTML', detail: t('One page with drawings, to be read, sent and printed'), format: 'html' },
    { label: '$(json) JSON', detail: t('Every number, as lossline predict --json prints it'), format: 'json' },
  ];
  const placeHolder = t('Report as');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.format;
}

function make(
  background: Background,
  { id, name }: RunSummary,
  format: protocol.ReportFormat,
): Thenable<protocol.ReportMake['result']> {
  const title = vscode.l10n.t('Writing the report of {0}…', name);
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    background.request<protocol.ReportMake['params'], protocol.ReportMake['result']>(protocol.REPORT_MAKE, {
      run: id,
      format,
    }),
  );
}

/** Text to be read or saved, as a new document. */
async function show(content: string, language: 'markdown' | 'json'): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { preview: false });
}

/** A page is for the browser: it is saved where the user says. */
async function savePage({ name }: RunSummary, text: string): Promise<void> {
  const file = `${name.replace(/[^\w.-]+/g, '-')}.html`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder, file);
  const target = await vscode.window.showSaveDialog({ defaultUri, filters: { HTML: ['html'] } });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(text, 'utf8'));
  const open = vscode.l10n.t('Open in Browser');
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('The report was saved.'), open);
  if (answer === open) await vscode.env.openExternal(target);
}
