/** One command of the command line. */
export interface Command {
  /** One line for the overview. */
  readonly summary: string;
  /** Full help. */
  readonly usage: string;
  /** Returns the exit code. Throws `UsageError` for wrong arguments and `LosslineError` for what cannot be done. */
  run(argv: readonly string[]): Promise<number>;
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
