import * as vscode from 'vscode';
import type { Background } from '../background';
import type { PanelSet } from '../panels/panelSet';
import type { SpectraPanel } from '../panels/spectraPanel';
import { pickCheckpoint } from './pickCheckpoint';

/**
 * *Lossline: Analyze Checkpoint Spectra*: opens the panel of a checkpoint. `argument` is a file or folder of the explorer or a
 * checkpoint of the Runs view; without it the user chooses one.
 */
export async function analyseSpectra(
  background: Background,
  panels: PanelSet<SpectraPanel>,
  argument: unknown,
): Promise<void> {
  const path = argument instanceof vscode.Uri ? argument.fsPath : (argument as { path?: string } | undefined)?.path;
  const chosen = path ?? (await pickCheckpoint(background));
  if (chosen !== undefined) panels.open(chosen);
}
