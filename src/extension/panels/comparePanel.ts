import * as vscode from 'vscode';
import type { RunId } from '../../core/model';
import type { CompareFacts, ComparePanelContract } from '../../protocol/compare';
import type { Background } from '../background';
import { Panel } from './panel';

type OpenParams = ComparePanelContract['requests']['view/open']['params'];

/** The panel in which runs stand side by side. */
export class ComparePanel extends Panel {
  /** What the page last said that it shows; `undefined` before its first drawing. */
  facts: CompareFacts | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    background: Background,
    /** The runs as JSON, see `compareSubject`; `null`: all of them. */
    readonly subject: string | null,
  ) {
    super(panel, background, 'compare');
    this.own(background.hidden.onDidChange(() => this.#tellHidden()));
  }

  #tellHidden(): void {
    const told: ComparePanelContract['toPanel']['hidden/didChange'] = { runs: this.background.hidden.ids };
    this.event('hidden/didChange', told);
  }

  protected override async outgoing(name: string, body: unknown): Promise<unknown> {
    // A page that has just been made does not know its runs yet: the host does.
    if (name !== 'view/open') return body;
    this.#tellHidden();
    return { ...(body as OpenParams), runs: runsOfSubject(this.subject) };
  }

  protected override async answer(name: string, body: unknown): Promise<unknown> {
    if (name !== 'host/drawn') return super.answer(name, body);
    this.facts = body as CompareFacts;
    this.panel.title = compareTitle(this.facts.runs);
    return null;
  }
}

/** Names a comparison of some runs, the same for the same runs in any order. */
export function compareSubject(runs: readonly RunId[]): string {
  return JSON.stringify([...runs].sort());
}

/** Title of a comparison. */
function compareTitle(runs: number): string {
  return vscode.l10n.t('Compare {0} Runs', runs);
}

/** The runs of a subject; `null`, all of them, for what is none: a restored page may hold anything. */
function runsOfSubject(subject: string | null): RunId[] | null {
  if (subject === null) return null;
  try {
    const runs = JSON.parse(subject) as unknown;
    return Array.isArray(runs) && runs.every((run) => typeof run === 'string') ? runs : null;
  } catch {
    return null;
  }
}
