import type { FileStat } from './fileSystem';

/** How far a file has been read, and which file it was. */
export interface FollowState {
  readonly phase: 'new' | 'following' | 'gone';
  readonly identity: string;
  /** Bytes read so far; the next read starts here. */
  readonly offset: number;
  /** Size and time at the last look. */
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * What to do after a look at the file:
 * `read` from `offset` on; `restart` from 0, because it is not the file that was read before (`reason` says why);
 * `gone`: it vanished, what was read is kept; `idle`: nothing new.
 */
export type FollowAction =
  | { readonly kind: 'read' }
  | { readonly kind: 'restart'; readonly reason: 'truncated' | 'replaced' | 'rewritten' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'idle' };

export const NEW_FILE: FollowState = { phase: 'new', identity: '', offset: 0, size: 0, mtimeMs: 0 };

/**
 * One look at a followed file: the next state and what to do. Pure. A `document` is rewritten whole by its program, so
 * any change means reading it anew. Growth, truncation, replacement, deletion and return are all covered; content that
 * was changed in place behind `offset` is caught by the reader, which compares the bytes before `offset`.
 */
export function observe(
  state: FollowState,
  stat: FileStat | undefined,
  kind: 'stream' | 'document',
): { state: FollowState; action: FollowAction } {
  if (stat === undefined) {
    if (state.phase !== 'following') return { state, action: { kind: 'idle' } };
    return { state: { ...state, phase: 'gone' }, action: { kind: 'gone' } };
  }
  const seen = { identity: stat.identity, size: stat.size, mtimeMs: stat.mtimeMs };
  const restart = (reason: 'truncated' | 'replaced' | 'rewritten') => ({
    state: { phase: 'following' as const, offset: 0, ...seen },
    action: { kind: 'restart' as const, reason },
  });
  if (state.phase === 'new') return { state: { phase: 'following', offset: 0, ...seen }, action: { kind: 'read' } };
  if (state.identity !== stat.identity) return restart('replaced');
  if (stat.size < state.offset) return restart('truncated');
  const changed = stat.size !== state.size || stat.mtimeMs !== state.mtimeMs;
  if (kind === 'document' && changed) return restart('rewritten');
  const next: FollowState = { phase: 'following', offset: state.offset, ...seen };
  return { state: next, action: { kind: stat.size > state.offset ? 'read' : 'idle' } };
}
