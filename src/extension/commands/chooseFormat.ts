import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { pickRun } from './pickRun';

/**
 * *Lossline: Choose Log Format…*: confirms or corrects how a log is read: its format, and which key is the loss and the step. Called with a
 * choice (by other extensions and tests) it asks nothing; `null` takes a choice back.
 */
export async function chooseFormat(
  background: Background,
  argument: unknown,
  given?: protocol.LogChoice | null,
): Promise<void> {
  const run = await pickRun(background, argument);
  const file = run === undefined ? undefined : await pickFile(run);
  if (file === undefined) return;
  try {
    const choice = given === undefined ? await ask(background, file) : given;
    if (choice !== undefined) await background.setChoice(file, choice);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
  }
}

async function pickFile({ files }: RunSummary): Promise<string | undefined> {
  if (files.length < 2) return files[0];
  return vscode.window.showQuickPick([...files], { placeHolder: vscode.l10n.t('Which log of the run?') });
}

async function ask(background: Background, file: string): Promise<protocol.LogChoice | null | undefined> {
  const previews = await background.request<protocol.FormatPreviews['params'], protocol.FormatPreviews['result']>(
    protocol.FORMAT_PREVIEW,
    { file },
  );
  const found = await askFormat(previews, background.formats.of(file));
  if (found === undefined || found === null) return found;
  const labels = found.series.map(({ label }) => label);
  const loss = await askKey(labels, vscode.l10n.t('Which key is the training loss?'), lossOf(found));
  if (loss === undefined) return undefined;
  const step = await askKey(labels, vscode.l10n.t('Which key is the step?'), null);
  if (step === undefined) return undefined;
  return { format: found.format, ...(loss === null ? {} : { loss }), ...(step === null ? {} : { step }) };
}

/** The label that the format takes for the training loss. */
function lossOf({ series }: protocol.FormatPreview): string | null {
  return series.find(({ name }) => name === 'train_loss')?.label ?? null;
}

async function askFormat(
  previews: readonly protocol.FormatPreview[],
  chosen: protocol.LogChoice | undefined,
): Promise<protocol.FormatPreview | null | undefined> {
  const items: (vscode.QuickPickItem & { preview: protocol.FormatPreview | null })[] = previews.map((preview) => ({
    label: preview.title,
    description: [
      preview.format === chosen?.format ? vscode.l10n.t('chosen') : '',
      preview.recognised ? vscode.l10n.t('recognised') : '',
    ]
      .filter(Boolean)
      .join(', '),
    detail: reading(preview),
    preview,
  }));
  items.push({
    label: vscode.l10n.t('Detect the Format'),
    detail: vscode.l10n.t('Read the log as it is recognised, as before any choice'),
    preview: null,
  });
  const placeHolder = vscode.l10n.t('How is the log to be read?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.preview;
}

/** `train_loss 648, val_loss 40; by step`: names come from the log and are shown as plain text. */
function reading({ series, unit }: protocol.FormatPreview): string {
  const shown = series.slice(0, 6).map(({ name, points }) => `${name} ${points}`);
  if (series.length > shown.length) shown.push('…');
  return vscode.l10n.t('{0}; by {1}', shown.join(', '), unit);
}

/** `null`: as the format reads it. */
async function askKey(
  labels: readonly string[],
  placeHolder: string,
  found: string | null,
): Promise<string | null | undefined> {
  const own = { label: vscode.l10n.t('As read'), description: found ?? '', key: null as string | null };
  const items = [own, ...labels.map((label) => ({ label, description: '', key: label as string | null }))];
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.key;
}
