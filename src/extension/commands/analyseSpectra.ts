import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';

/** File name extensions of the dialog. */
const EXTENSIONS = ['safetensors', 'pt', 'pth', 'bin', 'ckpt', 'json', 'npz', 'npy', 'gguf'];

/**
 * *Lossline: Analyze Checkpoint Spectra*: the measures of every matrix of a checkpoint as a new Markdown document. `argument` is a
 * file or folder of the explorer; without it the user chooses one.
 */
export async function analyseSpectra(background: Background, argument: unknown): Promise<void> {
  const path = argument instanceof vscode.Uri ? argument.fsPath : await chooseCheckpoint();
  if (path === undefined) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Spectra of {0}', path.split(/[\\/]/).at(-1)!),
    cancellable: true,
  };
  try {
    const report = await vscode.window.withProgress(options, async (progress, token) => {
      let done = 0;
      const listening = background.onSpectraProgress((at) => {
        if (at.path !== path) return;
        progress.report({ message: at.matrix, increment: (100 * (at.bytes - done)) / at.ofBytes });
        done = at.bytes;
      });
      try {
        type Analyse = protocol.SpectraAnalyse;
        return await background.request<Analyse['params'], Analyse['result']>(
          protocol.SPECTRA_ANALYSE,
          { path },
          token,
        );
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        listening.dispose();
      }
    });
    if (report === undefined) return;
    const document = await vscode.workspace.openTextDocument({ content: report.markdown, language: 'markdown' });
    await vscode.window.showTextDocument(document, { preview: false });
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The spectra could not be taken: {0}', messageOf(error)));
  }
}

async function chooseCheckpoint(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Analyze'),
    filters: { [vscode.l10n.t('Checkpoints')]: EXTENSIONS },
  });
  return chosen?.[0]?.fsPath;
}
