import {
  type ClientCapabilities,
  CodeActionKind,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  type ServerCapabilities,
  type TextDocuments,
} from 'vscode-languageserver';
import type { Engine } from '../core/engine/engine';
import { codeActionsOf } from './features/codeActions';
import { codeLensOf } from './features/codeLens';
import { diagnosticsOf } from './features/diagnostics';
import { hoverAt } from './features/hover';
import { type InlayMode, inlayHintsOf } from './features/inlayHints';
import type { SourceDocument } from './hints/sourceDocument';

/** What the background process offers on source files. */
export const EDITOR_CAPABILITIES = {
  hoverProvider: true,
  inlayHintProvider: true,
  codeLensProvider: { resolveProvider: false },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] },
  notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
  diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false },
} as const satisfies ServerCapabilities;

const INLAY_SETTING = 'lossline.hints.inlay';

/** Time after which hints, lenses and problems are asked for again when a run moved. */
const REFRESH_MS = 1000;

/** Answers the editor's questions about open source files, each from what is in memory. */
export function serveEditor(
  connection: Connection,
  engine: Engine,
  documents: TextDocuments<SourceDocument>,
): EditorSettings {
  const settings = new EditorSettings(connection);
  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? null : hoverAt(document, position, engine);
  });
  connection.languages.diagnostics.on(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return { kind: 'full', items: document === undefined ? [] : diagnosticsOf(document, engine) };
  });
  connection.languages.inlayHint.on(async ({ textDocument, range }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : inlayHintsOf(document, range, engine, await settings.inlayMode());
  });
  connection.onCodeLens(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : codeLensOf(document, engine);
  });
  connection.onCodeAction(({ textDocument, range, context }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : codeActionsOf(document, range, context.diagnostics, engine);
  });
  let refresh: { dispose(): void } | undefined;
  engine.onDidChange(() => {
    if (refresh !== undefined || documents.keys().length === 0) return;
    refresh = engine.host.clock.after(REFRESH_MS, () => {
      refresh = undefined;
      settings.refresh();
    });
  });
  return settings;
}

/** The editor's settings, and what it can ask again. */
class EditorSettings {
  #canConfigure = false;
  #canRefresh = false;
  #canPullAgain = false;
  #inlay: Promise<InlayMode> | undefined;

  constructor(readonly connection: Connection) {
    connection.onInitialized(() => {
      if (!this.#canConfigure) return;
      void connection.client.register(DidChangeConfigurationNotification.type, { section: INLAY_SETTING });
    });
    connection.onDidChangeConfiguration(() => {
      this.#inlay = undefined;
      this.refresh();
    });
  }

  /** Takes what the client said that it can. */
  initialize(capabilities: ClientCapabilities): void {
    const { workspace } = capabilities;
    this.#canConfigure =
      workspace?.configuration === true && workspace.didChangeConfiguration?.dynamicRegistration === true;
    this.#canPullAgain = workspace?.diagnostics?.refreshSupport === true;
    this.#canRefresh = workspace?.inlayHint?.refreshSupport === true && workspace.codeLens?.refreshSupport === true;
  }

  async inlayMode(): Promise<InlayMode> {
    if (!this.#canConfigure) return 'matters';
    this.#inlay ??= this.connection.workspace.getConfiguration(INLAY_SETTING) as Promise<InlayMode>;
    return (await this.#inlay) ?? 'matters';
  }

  /** Has the editor ask for everything again that depends on runs. */
  refresh(): void {
    if (this.#canPullAgain) this.connection.languages.diagnostics.refresh();
    if (!this.#canRefresh) return;
    void this.connection.languages.inlayHint.refresh();
    void this.connection.sendRequest(CodeLensRefreshRequest.type);
  }
}
