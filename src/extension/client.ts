import * as vscode from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';

// Loaded only when the background process is first needed: the language client is most of the extension's code.

/** The background process as the rest of the extension sees it. */
export interface Connection {
  request<P, R>(method: string, params: P, token?: vscode.CancellationToken): Promise<R>;
  notify<P>(method: string, params: P): void;
  onNotification<P>(method: string, listener: (params: P) => void): vscode.Disposable;
  /** Fires each time the process has come up, the first time included. */
  onDidStart(listener: () => void): vscode.Disposable;
  stop(): Promise<void>;
}

/** Heap of the background process in MB: series of hundreds of runs fit, a runaway does not take the machine. */
const HEAP_MB = 2048;

/** Languages in which hyperparameters are looked for. */
const LANGUAGES = ['python', 'yaml', 'json', 'jsonc', 'toml', 'shellscript'];

// One level of braces: the editor's file watcher matches no nested ones.
const LOG_FILES = '**/{*.log,*.txt,*.out,*.csv,*.tsv,*.jsonl,trainer_state.json,metrics.json,events.out.tfevents.*}';

/** Starts the background process. Rejects when it cannot be started. */
export async function connect(serverScript: string, output: vscode.LogOutputChannel): Promise<Connection> {
  const module = { module: serverScript, transport: TransportKind.ipc };
  const options = { execArgv: [`--max-old-space-size=${HEAP_MB}`] };
  const watcher = vscode.workspace.createFileSystemWatcher(LOG_FILES);
  const client = new LanguageClient(
    'lossline',
    'Lossline',
    { run: { ...module, options }, debug: { ...module, options } },
    {
      documentSelector: LANGUAGES.flatMap((language) => [
        { scheme: 'file', language },
        { scheme: 'vscode-notebook-cell', language },
      ]),
      synchronize: { fileEvents: watcher },
      outputChannel: output,
      diagnosticPullOptions: { onChange: true, onTabs: false },
    },
  );
  const started = new vscode.EventEmitter<void>();
  let running = false;
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running && running) started.fire();
  });
  await client.start();
  running = true;
  return {
    request: <P, R>(method: string, params: P, token?: vscode.CancellationToken) =>
      client.sendRequest<R>(method, params, token),
    notify: (method, params) => void client.sendNotification(method, params),
    onNotification: (method, listener) => client.onNotification(method, listener),
    onDidStart: (listener) => {
      listener();
      return started.event(listener);
    },
    stop: async () => {
      watcher.dispose();
      started.dispose();
      await client.stop();
    },
  };
}
