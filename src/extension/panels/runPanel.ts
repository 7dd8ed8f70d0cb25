import * as vscode from 'vscode';
import type { PlanFacts, RunId } from '../../core/model';
import { isEnvelope, type Reply, replyOf } from '../../protocol/channel';
import type { PanelFacts, PanelView } from '../../protocol/panel';
import * as protocol from '../../protocol/server';
import { PROTOCOL_VERSION } from '../../protocol/version';
import type { Background } from '../background';
import { openLog } from '../commands/openLog';
import { panelHtml } from './html';

let nextId = 1;

/** One run panel: a relay between its page and the background process. */
export class RunPanel implements vscode.Disposable {
  readonly id = `panel-${nextId++}`;
  /** What the page last said that it shows; `undefined` before its first drawing. */
  facts: PanelFacts | undefined;
  readonly #disposables: vscode.Disposable[] = [];
  #run: RunId | null;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly background: Background,
    run: RunId | null,
  ) {
    this.#run = run;
    const { webview } = panel;
    const bundle = vscode.Uri.joinPath(background.context.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [bundle] };
    this.#disposables.push(
      webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      background.onPanelEvent(({ panel: id, name, body }) => {
        if (id === this.id) this.#event(name, body);
      }),
      background.onDidRestart(() => this.#event('server/didRestart', null)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) void background.notify(protocol.PANEL_DID_HIDE, { panel: this.id });
      }),
    );
    panel.onDidDispose(() => this.dispose());
    panel.iconPath = vscode.Uri.joinPath(background.context.extensionUri, 'media', 'panel.svg');
    webview.html = panelHtml(webview, bundle, 'run');
  }

  get run(): RunId | null {
    return this.#run;
  }

  dispose(): void {
    void this.background.notify(protocol.PANEL_DID_HIDE, { panel: this.id });
    for (const disposable of this.#disposables.splice(0)) disposable.dispose();
  }

  #event(name: string, body: unknown): void {
    void this.panel.webview.postMessage({ v: PROTOCOL_VERSION, kind: 'event', name, body });
  }

  async #receive(message: unknown): Promise<void> {
    if (!isEnvelope(message) || message.kind !== 'request') return;
    const reply = await this.#answer(message.name, message.body);
    void this.panel.webview.postMessage({ v: PROTOCOL_VERSION, kind: 'reply', id: message.id, reply });
  }

  async #answer(name: string, body: unknown): Promise<Reply> {
    if (name.startsWith('host/')) return replyOf(() => this.#answerHere(name, body));
    if (name === 'view/open') {
      // A page that has just been made does not know its run yet: the host does.
      const view = body as PanelView;
      return this.#relay(name, { ...view, run: view.run ?? this.#run });
    }
    if (name === 'plan/set') {
      const { run, facts } = body as { run: RunId; facts: PlanFacts | null };
      await this.background.setPlan(run, facts, false);
    }
    if (name === 'warnings/mute') await this.background.setMuted(body as protocol.WarningsMute['params'], false);
    return this.#relay(name, body);
  }

  async #relay(name: string, body: unknown): Promise<Reply> {
    try {
      await this.background.ready();
      const params = { panel: this.id, name, body };
      return await this.background.request<protocol.PanelRequest['params'], Reply>(protocol.PANEL_REQUEST, params);
    } catch (error) {
      return replyOf(() => Promise.reject(error));
    }
  }

  async #answerHere(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'host/copy':
        await vscode.env.clipboard.writeText((body as { text: string }).text);
        return null;
      case 'host/openLog':
        await openLog(this.background, (body as { run: RunId }).run);
        return null;
      case 'host/save':
        return this.#save(body as { name: string; content: string; base64: boolean });
      case 'host/drawn':
        this.facts = body as PanelFacts;
        this.#run = this.facts.run;
        this.panel.title = this.background.run(this.facts.run)?.name ?? this.panel.title;
        return null;
      default:
        throw new Error(`Unknown request ${name}.`);
    }
  }

  async #save({
    name,
    content,
    base64,
  }: {
    name: string;
    content: string;
    base64: boolean;
  }): Promise<{ saved: boolean }> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const defaultUri = folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder, name);
    const target = await vscode.window.showSaveDialog({ defaultUri });
    if (target === undefined) return { saved: false };
    await vscode.workspace.fs.writeFile(target, Buffer.from(content, base64 ? 'base64' : 'utf8'));
    return { saved: true };
  }
}
