import { type ErrorCode, LosslineError, messageOf } from '../core/errors';
import { UsageError } from './command';

/** What went wrong as programs read it: `code` is `internal` for faults of Lossline itself. */
export function errorJson(error: unknown): ReturnType<LosslineError['toJSON']> {
  if (error instanceof LosslineError) return error.toJSON();
  const code: ErrorCode = error instanceof UsageError ? 'argument.invalid' : 'internal';
  return { code, message: messageOf(error), file: null, offset: null };
}
