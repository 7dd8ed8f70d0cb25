import { CancelSource } from '../core/cancel';
import { InlinePool } from '../node/inlinePool';
import type { AskedCommand } from './command';
import { printJson, printLines } from './output';
import { ProgressBar } from './progressBar';

/** Exit code of a program that Ctrl+C ended. */
const INTERRUPTED = 130;

/** Prints the answer of a command, as JSON with `--json`, and returns its exit code. Ctrl+C leaves a clean line. */
export async function answerInTerminal(command: AskedCommand, argv: readonly string[]): Promise<number> {
  const bar = new ProgressBar();
  process.once('SIGINT', () => {
    bar.clear();
    process.exit(INTERRUPTED);
  });
  const progress = (fraction: number, label: string): void => bar.draw(fraction, label);
  const call = { pool: new InlinePool(), signal: new CancelSource(), progress };
  const answer = await command.answer(argv, call).finally(() => bar.clear());
  if (argv.includes('--json')) printJson(answer.json);
  else printLines(answer.lines);
  return answer.exitCode ?? 0;
}
