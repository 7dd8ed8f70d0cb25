import * as vscode from 'vscode';
import type { RunId } from '../../core/model';
import { isEnvelope, type Reply, replyOf } from '../../protocol/channel';
import * as protocol from '../../protocol/server';
import { PROTOCOL_VERSION } from '../../protocol/version';
import type { Background } from '../background';
import { openLog } from '../commands/openLog';
import { panelHtml } from './html';

let nextId = 1;

/**
 * A panel of any kind: a relay between its page and the background process. Requests named `host/…` are answered here, all
 * others pass on. `subject` is what it shows (a run, a checkpoint); `null` leaves the choice to the background process.
 */
export abstract class Panel implements vscode.Disposable {
  readonly id = `panel-${nextId++}`;
  abstract readonly subject: string | null;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly background: Background,
    readonly kind: protocol.PanelKind,
  ) {
    const { webview } = panel;
    const bundle = vscode.Uri.joinPath(background.context.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [bundle] };
    this.#disposables.push(
      webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      background.onPanelEvent(({ panel: id, name, body }) => {
        if (id === this.id) this.event(name, body);
      }),
      background.onDidRestart(() => this.event('server/didRestart', null)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#hide(false);
      }),
    );
    panel.onDidDispose(() => this.dispose());
    panel.iconPath = vscode.Uri.joinPath(background.context.extensionUri, 'media', 'panel.svg');
    webview.html = panelHtml(webview, bundle, kind);
  }

  dispose(): void {
    this.#hide(true);
    for (const disposable of this.#disposables.splice(0)) disposable.dispose();
  }

  /** Something that ends with the panel. */
  protected own(disposable: vscode.Disposable): void {
    this.#disposables.push(disposable);
  }

  /** Sends an event to the page. */
  protected event(name: string, body: unknown): void {
    void this.panel.webview.postMessage({ v: PROTOCOL_VERSION, kind: 'event', name, body });
  }

  /** What the background process is asked for a request of the page. Overridden where the host knows more than the page. */
  protected async outgoing(_name: string, body: unknown): Promise<unknown> {
    return body;
  }

  /** Answers a `host/…` request. Overridden for those of one kind of panel. */
  protected async answer(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'host/copy':
        await vscode.env.clipboard.writeText((body as { text: string }).text);
        return null;
      case 'host/openLog':
        await openLog(this.background, (body as { run: RunId }).run);
        return null;
      case 'host/openRun':
        await vscode.commands.executeCommand('lossline.run.open', this.background.run((body as { run: RunId }).run));
        return null;
      case 'host/save':
        return save(body as { name: string; content: string; base64: boolean });
      default:
        throw new Error(`Unknown request ${name}.`);
    }
  }

  #hide(closed: boolean): void {
    const params: protocol.PanelDidHide['params'] = { panel: this.id, closed };
    void this.background.notify(protocol.PANEL_DID_HIDE, params);
  }

  async #receive(message: unknown): Promise<void> {
    if (!isEnvelope(message) || message.kind !== 'request') return;
    const { name, body } = message;
    const reply = await (name.startsWith('host/') ? replyOf(() => this.answer(name, body)) : this.#relay(name, body));
    void this.panel.webview.postMessage({ v: PROTOCOL_VERSION, kind: 'reply', id: message.id, reply });
  }

  async #relay(name: string, body: unknown): Promise<Reply> {
    try {
      await this.background.ready();
      const params = { panel: this.id, kind: this.kind, name, body: await this.outgoing(name, body) };
      return await this.background.request<protocol.PanelRequest['params'], Reply>(protocol.PANEL_REQUEST, params);
    } catch (error) {
      return replyOf(() => Promise.reject(error));
    }
  }
}

/** Asks where to and writes what a page made. */
async function save(file: { name: string; content: string; base64: boolean }): Promise<{ saved: boolean }> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder === undefined ? vscode.Uri.file(file.name) : vscode.Uri.joinPath(folder, file.name);
  const target = await vscode.window.showSaveDialog({ defaultUri });
  if (target === undefined) return { saved: false };
  await vscode.workspace.fs.writeFile(target, Buffer.from(file.content, file.base64 ? 'base64' : 'utf8'));
  return { saved: true };
}
