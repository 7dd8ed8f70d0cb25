import * as vscode from 'vscode';
import type { MemorySet } from '../protocol/server';
import { isMemoryEnabled } from './settings';

/** Keys of the learnt runs, and of the ids of forgotten ones, in the workspace state. */
const LEARNT = 'lossline.learntRuns';
const FORGOTTEN = 'lossline.forgottenRuns';

type Kept = MemorySet['params'];

/**
 * What forecasts of this project have learnt from its finished runs: five constants a run with their errors, kept in the
 * workspace state of the editor and nowhere else.
 */
export class Memory {
  constructor(readonly state: vscode.Memento) {}

  /** What the background process is told at its start. */
  get kept(): Kept {
    return {
      learns: isMemoryEnabled(),
      runs: this.state.get<Kept['runs']>(LEARNT) ?? [],
      forgotten: this.state.get<string[]>(FORGOTTEN) ?? [],
    };
  }

  async keep(runs: Kept['runs']): Promise<void> {
    await this.state.update(LEARNT, runs);
  }

  /** Forgets all runs, for good: they are not learnt again from their logs. Returns how many there were. */
  async forget(): Promise<number> {
    const { runs, forgotten } = this.kept;
    await this.state.update(FORGOTTEN, [...new Set([...forgotten, ...runs.map(({ id }) => id)])]);
    await this.state.update(LEARNT, []);
    return runs.length;
  }

  /** *Lossline: Show Learnt Runs*: everything that is kept, as JSON that `lossline predict --prior` reads. */
  async show(): Promise<void> {
    const { learns, runs, forgotten } = this.kept;
    const content = `${JSON.stringify({ learns, runs, forgotten }, null, 2)}\n`;
    const document = await vscode.workspace.openTextDocument({ content, language: 'json' });
    await vscode.window.showTextDocument(document, { preview: true });
  }
}
