import * as vscode from 'vscode';

/** What the extension gives to tests. */
export interface Lossline {
  clientStarted(): boolean;
  runs(): Promise<{ id: string; name: string; state: string; points: number; format: string; guessed: boolean }[]>;
  panels(): { run: string; points: number; forecast: number | null }[];
}

export const COMMANDS = [
  'lossline.forecast.predict',
  'lossline.run.open',
  'lossline.run.chooseFormat',
  'lossline.sample.open',
  'lossline.log.show',
];

/** Far above what a slow machine needs, and below the limit of a test. */
const LIMIT_MS = 90_000;
const POLL_MS = 20;

/** The extension under test, activated. */
export async function activate(): Promise<Lossline> {
  const extension = vscode.extensions.getExtension<Lossline>('lossline.lossline');
  if (!extension) throw new Error('lossline.lossline is not installed');
  return extension.activate();
}

/** Polls until `check` gives a value. */
export async function until<T>(what: string, check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = Date.now() + LIMIT_MS; ; ) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Opens a file of the workspace in an editor. */
export async function openDocument(name: string): Promise<vscode.TextDocument> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Place of the first occurrence of `text`. */
export function positionOf(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  if (offset < 0) throw new Error(`${document.fileName} has no "${text}"`);
  return document.positionAt(offset);
}
