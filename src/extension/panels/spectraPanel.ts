import * as vscode from 'vscode';
import type { FirstAnalysis, SpectraFactsShown, SpectraPanelContract } from '../../protocol/spectra';
import type { Background } from '../background';
import { chooseCheckpointFile } from '../commands/pickCheckpoint';
import { Panel } from './panel';

/** The panel of the spectra of one checkpoint and those beside it. */
export class SpectraPanel extends Panel {
  /** What the page last said that it shows; `undefined` before its first drawing. */
  facts: SpectraFactsShown | undefined;
  /** What the user asked for by opening it: an analysis, or to see a file. */
  analyse: FirstAnalysis = 'always';

  constructor(
    panel: vscode.WebviewPanel,
    background: Background,
    readonly subject: string,
  ) {
    super(panel, background, 'spectra');
    panel.title = spectraTitle(subject);
  }

  protected override async outgoing(name: string, body: unknown): Promise<unknown> {
    if (name !== 'view/open') return body;
    // A page that has just been made does not know its checkpoint yet: the host does.
    const view = body as SpectraPanelContract['requests']['view/open']['params'];
    return { ...view, path: view.path || this.subject, analyse: this.analyse };
  }

  protected override async answer(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'host/drawn':
        this.facts = body as SpectraFactsShown;
        return null;
      case 'host/pickCheckpoint': {
        const path = await chooseCheckpointFile(vscode.l10n.t('Compare'));
        return path === undefined ? null : { path };
      }
      default:
        return super.answer(name, body);
    }
  }
}

/** Title of the tab of a checkpoint: the file, with its folder where that alone tells steps apart. */
export function spectraTitle(path: string): string {
  const [folder, name] = path.split(/[\\/]/).slice(-2);
  const plain = /^(model|pytorch_model|adapter_model|consolidated)\b/.test(name ?? '');
  return vscode.l10n.t('Spectra: {0}', plain ? `${folder}/${name}` : (name ?? folder ?? ''));
}
