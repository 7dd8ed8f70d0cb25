/** One part of a job that several machines share: this one takes every `of`-th piece, beginning with `index` (from 0). */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The pieces of `all` that belong to the shard; all without one. */
export function shardOf<T>(all: readonly T[], shard: Shard | undefined): readonly T[] {
  return shard === undefined ? all : all.filter((_, i) => i % shard.of === shard.index);
}
