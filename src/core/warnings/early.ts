/** Values that the early level is made of. */
const EARLY = 20;

/** The early level of a series and for how long it has been left. Plain data. */
export interface Early {
  count: number;
  /** Mean of the first `EARLY` values. */
  level: number;
  /** Values in a row outside what is allowed. */
  outside: number;
  /** Step of the first of them. */
  since: number;
  handle: number;
}

export function newEarly(): Early {
  return { count: 0, level: 0, outside: 0, since: 0, handle: -1 };
}

/** Takes a value; true when it is the `patience`th in a row for which `isOutside(early level)` holds. Non-finite values do not count. */
export function leaves(
  early: Early,
  { step, value }: { readonly step: number; readonly value: number },
  isOutside: (level: number) => boolean,
  patience: number,
): boolean {
  if (!Number.isFinite(value)) return false;
  if (early.count < EARLY) {
    early.count++;
    early.level += (value - early.level) / early.count;
    return false;
  }
  if (!isOutside(early.level)) {
    early.outside = 0;
    return false;
  }
  if (early.outside++ === 0) early.since = step;
  return early.outside === patience;
}
