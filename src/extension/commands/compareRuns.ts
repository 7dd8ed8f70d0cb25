import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/run';
import type { Background } from '../background';
import { type ComparePanel, compareSubject } from '../panels/comparePanel';
import type { PanelSet } from '../panels/panelSet';
import { offerFirstRun } from './pickRun';

/**
 * Compares the runs that were selected in the Runs view, or all of them. `selected` is what the view hands to a command
 * of its context menu: runs among other nodes.
 */
export async function compareRuns(
  background: Background,
  panels: PanelSet<ComparePanel>,
  selected: unknown,
): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'lossline.runs' } }, () => background.ready());
  const nodes = Array.isArray(selected) ? (selected as readonly Partial<RunSummary>[]) : [];
  const runs = nodes.flatMap(({ id }) => (id !== undefined && background.run(id) !== undefined ? [id] : []));
  if (background.runs.length === 0) await offerFirstRun();
  else panels.open(runs.length > 1 ? compareSubject(runs) : null);
}
