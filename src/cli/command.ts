import type { CancelSignal } from '../core/cancel';
import type { JobPool } from '../core/engine/jobs';

interface Described {
  /** One line for the overview. */
  readonly summary: string;
  /** Full help. */
  readonly usage: string;
}

/** A command that gives one answer. */
export interface AskedCommand extends Described {
  /** Throws `UsageError` for wrong arguments, `LosslineError` for what cannot be done, `CancelledError`. */
  answer(argv: readonly string[], call: Call): Promise<Answer>;
}

/** A command that writes for as long as it runs. */
export interface RunningCommand extends Described {
  /** Returns the exit code. Throws as `AskedCommand.answer`. */
  run(argv: readonly string[]): Promise<number>;
}

/** One command of the command line. */
export type Command = AskedCommand | RunningCommand;

/** One answer, for programs and for people. */
export interface Answer {
  /** The JSON document, without its version. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** Exit code; 0 unless said. */
  readonly exitCode?: number;
}

/** What an answer is worked out with. */
export interface Call {
  readonly pool: JobPool;
  readonly signal: CancelSignal;
  /** `fraction` from 0 to 1, and what is being done. */
  progress(fraction: number, label: string): void;
}

/** The command was called wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A finite number given as an option. Throws `UsageError`. */
export function numberOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name} takes a number, not ${text}.`);
  return value;
}
