import { type ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';
import type * as Esbuild from 'esbuild';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-languageserver/node';

/** Bundles the background process and its worker into `folder`, so that a test never runs an old build. */
export async function buildServer(folder: string): Promise<void> {
  const esbuild = require('esbuild') as typeof Esbuild;
  const tools = path.resolve('tools/kernels.mjs');
  const { kernels } = (await import(tools)) as { kernels: () => Esbuild.Plugin };
  await esbuild.build({
    entryPoints: { server: 'src/server/main.ts', worker: 'src/worker/main.ts', cli: 'src/cli/main.ts' },
    outdir: folder,
    bundle: true,
    platform: 'node',
    // As in the product's own bundles.
    mainFields: ['module', 'main'],
    format: 'cjs',
    target: 'node20',
    plugins: [kernels()],
    logLevel: 'warning',
  });
}

/** A running background process and the connection to it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  stop(): Promise<void>;
}

/** Starts the background process as the editor does. */
export async function startServer(folder: string): Promise<ServerProcess> {
  const child = fork(path.join(folder, 'server.js'), ['--node-ipc'], { silent: true });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.onError(() => undefined);
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  return {
    child,
    connection,
    stop: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      connection.dispose();
      child.kill();
      await exited;
    },
  };
}
