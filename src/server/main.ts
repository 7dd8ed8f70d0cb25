import * as os from 'node:os';
import * as path from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Engine } from '../core/engine/engine';
import { NodeFileSystem } from '../node/nodeFileSystem';
import { RemoteHub } from '../node/remote/remoteHub';
import { SystemClock } from '../node/systemClock';
import { ThreadPool } from '../node/threadPool';
import { serve } from './connection';

// Process entry: the language server that hosts the engine. One thread is left to the editor and to training.
const connection = createConnection(ProposedFeatures.all);
const threads = Math.max(1, Math.min(4, os.availableParallelism() - 1));
const files = new NodeFileSystem();
const engine = new Engine({
  fs: files,
  remote: new RemoteHub(files),
  pool: new ThreadPool(path.join(__dirname, 'worker.js'), threads),
  clock: new SystemClock(),
  log: {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
  },
});
try {
  // Fits must never compete with the training they watch.
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  connection.console.info('The priority of the background process could not be lowered.');
}
serve(connection, engine);
