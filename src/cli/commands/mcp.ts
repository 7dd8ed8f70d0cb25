import * as path from 'node:path';
import { ThreadPool } from '../../node/threadPool';
import { readArguments } from '../arguments';
import type { RunningCommand } from '../command';
import { Roots } from '../mcp/roots';
import { mcpServer } from '../mcp/server';
import { TOOLS } from '../mcp/tools';

const USAGE = `lossline mcp [FOLDER…]

Serves the questions of the command line to an assistant: a server of the Model Context Protocol on standard input and
output. It reads below FOLDER, or below the folder where it is started, and nowhere else; it writes no file and opens no connection.

Tools: ${TOOLS.map(({ name }) => name).join(', ')}.`;

/** Threads of one call. */
const THREADS = 2;

export const mcp: RunningCommand = {
  summary: 'serves these answers to an assistant (Model Context Protocol)',
  usage: USAGE,
  run: async (argv) => {
    const { words } = readArguments(argv, { values: [], switches: ['json'] }, USAGE);
    const roots = await Roots.of(words.length === 0 ? [process.cwd()] : words);
    const pool = () => new ThreadPool(path.join(__dirname, 'worker.js'), THREADS);
    const server = mcpServer({ roots, pool, write: (line) => process.stdout.write(line) });
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (text: string) => server.receive(text));
    await new Promise((resolve) => process.stdin.once('close', resolve));
    server.close();
    return 0;
  },
};
