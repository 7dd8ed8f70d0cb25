import { ascii, type Scanner } from './scanner';

const TAGS = [ascii('[rank'), ascii('[default'), ascii('[Rank ')];
const NO_RANK = -1;

/** Process that wrote a line, for formats whose records each process may print. Part of a grammar's state. */
export interface RankState {
  /** Rank in the prefix read last, and the offset of its line. */
  rank: number;
  rankLine: number;
}

/** Last record that was kept of one kind; replaced, never changed. */
export interface Kept {
  readonly step: number;
  readonly rank: number;
  /** Whether another line repeated its step. */
  readonly isRepeated: boolean;
  /** Step of the record before it, if that was repeated; else NaN. */
  readonly before: number;
  /** Step of the record before it. */
  readonly previous: number;
  /** Whether a second process is known to be one record behind. */
  readonly isBehind: boolean;
}

/** No record yet. */
export const NOTHING_KEPT: Kept = {
  step: Number.NEGATIVE_INFINITY,
  rank: NO_RANK,
  isRepeated: false,
  before: Number.NaN,
  previous: Number.NaN,
  isBehind: false,
};

/** State at the start of a file. */
export function beginRanks(): RankState {
  return { rank: NO_RANK, rankLine: NO_RANK };
}

/**
 * Notes the rank of a line that begins with `[rank3]:`, `[default3]:` or srun's `3: `; whoever takes prefixes off calls
 * the grammar at each of them. Stands where it stood.
 */
export function noteRank(line: Scanner, state: RankState, offset: number): void {
  const start = line.pos;
  const first = line.next;
  const tagged = first === 0x5b && TAGS.some((tag) => line.literal(tag));
  if ((tagged || (first >= 0x30 && first <= 0x39)) && line.integer()) {
    const rank = line.value;
    if (tagged ? line.byte(0x5d) : line.byte(0x3a) && line.next === 0x20) {
      state.rank = rank;
      state.rankLine = offset;
    }
  }
  line.pos = start;
}

/** Records by which processes that print without a rank may be behind each other. */
const MOST_BEHIND = 8;

/**
 * What is kept after a record at `step`: not `step` unless the record is to be kept. Of processes that print the same
 * steps the first one counts. A step that goes back is a restart when the process that was last kept prints it, else an
 * echo. Without ranks a step a few records back is the echo of a slow process where steps are printed more than once.
 */
export function keep(last: Kept, state: RankState, offset: number, step: number): Kept {
  const rank = state.rankLine === offset ? state.rank : NO_RANK;
  if (step === last.step) return last.isRepeated ? last : { ...last, isRepeated: true };
  const isSlow = last.step - step <= MOST_BEHIND * (last.step - last.before);
  if (step < last.step && (rank !== last.rank || isSlow)) return last;
  const isBehind = last.isBehind && step >= last.previous;
  if (isBehind && step === last.previous) return last;
  const before = last.isRepeated ? last.step : Number.NaN;
  return { step, rank, isRepeated: false, before, previous: last.step, isBehind };
}

/**
 * Whether the record kept after `last` may come from a process without a rank that is one record behind: it repeats the
 * step before the last. The next record tells: a restart does not jump to a step that was never there.
 */
export function mayBeBehind(now: Kept, last: Kept): boolean {
  return now.rank === NO_RANK && !isEcho(now, last) && now.step === last.previous && now.step < last.step;
}

/** Whether the record between two states was not kept. */
export function isEcho(now: Kept, last: Kept): boolean {
  return now.step === last.step;
}
