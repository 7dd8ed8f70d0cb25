#!/usr/bin/env node
import { messageOf } from '../core/errors';
import { type Command, UsageError } from './command';
import { check } from './commands/check';
import { compare } from './commands/compare';
import { convert } from './commands/convert';
import { detect } from './commands/detect';
import { hints } from './commands/hints';
import { mcp } from './commands/mcp';
import { predict } from './commands/predict';
import { spectra } from './commands/spectra';
import { watch } from './commands/watch';
import { errorJson } from './errorJson';
import { answerInTerminal } from './terminal';

const COMMANDS: Readonly<Record<string, Command>> = {
  check,
  compare,
  convert,
  detect,
  hints,
  mcp,
  predict,
  spectra,
  watch,
};

/** Exit codes: 0 done, 1 could not be done, 2 called wrongly. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const json = argv.includes('--json');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS[name];
  try {
    if (command === undefined) throw new UsageError(`Unknown command ${name}. ${known()}`);
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`${command.usage}\n`);
      return 0;
    }
    return 'run' in command ? await command.run(rest) : await answerInTerminal(command, rest);
  } catch (error) {
    if (json) process.stderr.write(`${JSON.stringify({ error: errorJson(error) })}\n`);
    else process.stderr.write(`lossline: ${messageOf(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function known(): string {
  return `Commands: ${Object.keys(COMMANDS).join(', ')}.`;
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `lossline: reads the logs of training runs and forecasts their final loss.\n\n${lines.join('\n')}\n\nlossline COMMAND --help says more.\n`;
}

// Whoever reads the output may have enough before its end: `lossline convert … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`lossline: ${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
