import * as vscode from 'vscode';
import type { PlanFacts, RunId } from '../../core/model';
import type { PanelFacts, PanelView } from '../../protocol/panel';
import type * as protocol from '../../protocol/server';
import type { Background } from '../background';
import { Panel } from './panel';

/** The panel of one run. */
export class RunPanel extends Panel {
  /** What the page last said that it shows; `undefined` before its first drawing. */
  facts: PanelFacts | undefined;
  #run: RunId | null;

  constructor(panel: vscode.WebviewPanel, background: Background, run: RunId | null) {
    super(panel, background, 'run');
    this.#run = run;
    const naming = background.onDidChange(() => this.#entitle());
    panel.onDidDispose(() => naming.dispose());
  }

  get subject(): RunId | null {
    return this.#run;
  }

  protected override async outgoing(name: string, body: unknown): Promise<unknown> {
    if (name === 'view/open') {
      // A page that has just been made does not know its run yet: the host does, or it knows a file of it.
      const view = body as PanelView;
      const run = view.run ?? this.#run;
      return { ...view, run: run === null ? null : ((await this.background.runAt(run))?.id ?? run) };
    }
    if (name === 'view/whatIf' || name === 'plan/set') void tellPlanTried();
    if (name === 'plan/set') {
      const { run, facts } = body as { run: RunId; facts: PlanFacts | null };
      await this.background.setPlan(run, facts, false);
    }
    if (name === 'warnings/mute') await this.background.setMuted(body as protocol.WarningsMute['params'], false);
    return body;
  }

  protected override async answer(name: string, body: unknown): Promise<unknown> {
    if (name !== 'host/drawn') return super.answer(name, body);
    this.facts = body as PanelFacts;
    this.#run = this.facts.run;
    this.#entitle();
    return null;
  }

  /** The user may rename the run at any time. */
  #entitle(): void {
    const name = this.#run === null ? undefined : this.background.run(this.#run)?.name;
    if (name !== undefined && name !== this.panel.title) this.panel.title = name;
  }
}

/** Ticks the last step of the walkthrough. */
function tellPlanTried(): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', 'lossline.planTried', true);
}
