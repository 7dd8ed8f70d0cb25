import * as vscode from 'vscode';
import { formatLocation, parseLocation } from '../core/sources/location';

/** Sources on other machines and servers that the user added. Only the user's own settings count. */
export function keptSources(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  const sources = vscode.workspace.getConfiguration('lossline').get<unknown[]>('sources') ?? [];
  return sources.filter((source) => typeof source === 'string');
}

/** Keeps a source for other windows and later. */
export async function keepSource(source: string): Promise<void> {
  const sources = keptSources();
  if (!sources.some((each) => canonical(each) === source)) await update([...sources, source]);
}

/** Forgets the source of a run that the user removed. A server's other runs stay. */
export async function forgetSource(run: string): Promise<void> {
  const sources = keptSources();
  const left = sources.filter((each) => canonical(each) !== run);
  if (left.length < sources.length) await update(left);
}

/** The one way to write a source; what cannot be read stays as it is. */
function canonical(source: string): string {
  try {
    return formatLocation(parseLocation(source));
  } catch {
    return source;
  }
}

async function update(sources: readonly string[]): Promise<void> {
  await vscode.workspace.getConfiguration('lossline').update('sources', sources, vscode.ConfigurationTarget.Global);
}
