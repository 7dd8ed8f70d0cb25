/** Why an operation could not be done, for people and for programs. */
export type ErrorCode =
  | 'file.notFound'
  | 'file.unreadable'
  | 'file.unknownFormat'
  | 'run.unknown'
  | 'run.noSeries'
  | 'plan.missing'
  | 'plan.invalid'
  | 'fit.refused'
  | 'fit.failed'
  | 'argument.invalid'
  | 'source.invalid'
  | 'checkpoint.invalid'
  | 'source.disabled'
  | 'remote.unreachable'
  | 'remote.auth'
  | 'remote.notFound'
  | 'remote.noProgram'
  | 'remote.protocol'
  | 'remote.tooLarge'
  | 'protocol.version'
  | 'spectra.tooLarge'
  | 'internal';

/** A fault that a caller can act on. Faults inside read files are `Issue`s, not errors. */
export class LosslineError extends Error {
  override readonly name = 'LosslineError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly file: string | null = null,
    readonly offset: number | null = null,
  ) {
    super(message);
  }

  toJSON(): { code: ErrorCode; message: string; file: string | null; offset: number | null } {
    return { code: this.code, message: this.message, file: this.file, offset: this.offset };
  }
}

/** Thrown by work that was cancelled; never shown to a user. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
