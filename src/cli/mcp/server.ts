import type { CancelSource } from '../../core/cancel';
import type { JobPool } from '../../core/engine/jobs';
import { CancelledError } from '../../core/errors';
import { errorJson } from '../errorJson';
import { packageVersion } from '../version';
import { callTool } from './callTool';
import { FAULT, RpcConnection, RpcError } from './jsonRpc';
import type { Roots } from './roots';
import { inputSchemaOf, TOOLS, type Tool } from './tools';

/** Versions of the protocol that this server speaks, newest first; for tools they do not differ. */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** Calls that run beside each other; more are refused. */
const MAX_CALLS = 8;

/** Milliseconds between two reports of progress. */
const PROGRESS_MS = 250;

const INSTRUCTIONS =
  'Lossline reads the logs of training runs on this machine and forecasts how they end. Begin with list_runs. Intervals are part of an answer: do not leave them out. A refusal says why no number can be given; do not make one up.';

/** What a server works with. */
export interface ServerHost {
  readonly roots: Roots;
  /** Threads for one call; disposed with its end. */
  pool(): JobPool;
  write(line: string): void;
}

/** A server of the Model Context Protocol (modelcontextprotocol.io, revision 2025-11-25) with the tools of the table. */
export function mcpServer(host: ServerHost): RpcConnection {
  let calls = 0;
  const connection = new RpcConnection(
    {
      initialize: (params) => initialized(params),
      ping: () => ({}),
      'tools/list': () => ({ tools: TOOLS.map(toolJson) }),
      'tools/call': async (params, signal) => {
        const { tool, input, progress } = callOf(params);
        if (calls >= MAX_CALLS) throw new RpcError(FAULT.internal, `More than ${MAX_CALLS} calls at once.`);
        calls++;
        try {
          return await answered(tool, input, { host, signal, progress: reporter(connection, progress) });
        } finally {
          calls--;
        }
      },
    },
    host.write,
  );
  return connection;
}

function initialized(params: unknown): object {
  const wanted = (params as { protocolVersion?: unknown } | undefined)?.protocolVersion;
  return {
    protocolVersion: VERSIONS.find((version) => version === wanted) ?? VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name: 'lossline', title: 'Lossline', version: packageVersion() },
    instructions: INSTRUCTIONS,
  };
}

function toolJson(tool: Tool): object {
  const { name, title, description } = tool;
  const annotations = { title, readOnlyHint: true, idempotentHint: true, openWorldHint: false };
  return { name, title, description, inputSchema: inputSchemaOf(tool), annotations };
}

type ProgressToken = string | number | undefined;

function callOf(params: unknown): { tool: Tool; input: unknown; progress: ProgressToken } {
  const { name, arguments: input = {}, _meta } = (params ?? {}) as Readonly<Record<string, unknown>>;
  const tool = TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new RpcError(FAULT.params, `There is no tool ${String(name).slice(0, 80)}.`);
  return { tool, input, progress: (_meta as { progressToken?: ProgressToken } | undefined)?.progressToken };
}

/** Progress must rise and come rarely. Nobody is told who did not ask. */
function reporter(connection: RpcConnection, progressToken: ProgressToken): (fraction: number, label: string) => void {
  let [told, at] = [0, 0];
  return (fraction, message) => {
    if (progressToken === undefined || fraction <= told || Date.now() - at < PROGRESS_MS) return;
    [told, at] = [fraction, Date.now()];
    connection.notify('notifications/progress', { progressToken, progress: fraction, total: 1, message });
  };
}

interface Calling {
  readonly host: ServerHost;
  readonly signal: CancelSource;
  readonly progress: (fraction: number, label: string) => void;
}

/** Faults of a call are answers: the model can read and mend them. */
async function answered(tool: Tool, input: unknown, { host, signal, progress }: Calling): Promise<object> {
  const pool = host.pool();
  signal.addEventListener('abort', () => pool.dispose());
  try {
    const { text, data } = await callTool(tool, input, { roots: host.roots, call: { pool, signal, progress } });
    return { content: [{ type: 'text', text }], structuredContent: data };
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const fault = errorJson(error);
    const text = `${fault.code}: ${fault.message}`;
    return { content: [{ type: 'text', text }], structuredContent: { error: fault }, isError: true };
  } finally {
    pool.dispose();
  }
}
