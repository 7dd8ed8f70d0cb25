import { asArray, asNumber, asObject } from './jsonAnswer';

/** One point of a server's series. */
export interface TimedPoint {
  readonly step: number;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

/** Tags of one run that are read. */
const MAX_TAGS = 500;
const MAX_RUNS = 500;

/** Runs and their scalar tags. Throws `remote.protocol`. Source: tensorboard/plugins/scalar/http_api.md, `/tags`. */
export function parseTags(answer: unknown): Map<string, string[]> {
  const runs = new Map<string, string[]>();
  for (const [run, tags] of Object.entries(asObject(answer, 'the list of runs')).slice(0, MAX_RUNS)) {
    const names = Object.keys(asObject(tags, 'the list of tags')).slice(0, MAX_TAGS);
    if (names.length > 0) runs.set(run, names);
  }
  return runs;
}

/**
 * Points `[wall time in seconds, step, value]` of one tag; entries of another form are left out. Non-finite values come as
 * texts. Throws `remote.protocol`. Source: tensorboard/plugins/scalar/http_api.md, `/scalars`.
 */
export function parseScalars(answer: unknown): TimedPoint[] {
  return asArray(answer, 'the points of a tag').flatMap((entry) => {
    if (!Array.isArray(entry)) return [];
    const [time, step, value] = entry.map(asNumber);
    return time === undefined || step === undefined || value === undefined
      ? []
      : [{ step, value, timeMs: time * 1000 }];
  });
}

/**
 * The points that are newer than the last one seen, and where that now is. The server keeps a sample of the older points
 * that differs from question to question, so only time and step of the newest tell what has been read.
 */
export class NewestFirstSeen {
  #timeMs = Number.NEGATIVE_INFINITY;
  #step = Number.NEGATIVE_INFINITY;

  take(points: readonly TimedPoint[]): TimedPoint[] {
    const fresh = points
      .filter(({ timeMs, step }) => timeMs > this.#timeMs || (timeMs === this.#timeMs && step > this.#step))
      .sort((a, b) => a.timeMs - b.timeMs || a.step - b.step);
    const last = fresh.at(-1);
    if (last !== undefined) {
      this.#timeMs = last.timeMs;
      this.#step = last.step;
    }
    return fresh;
  }
}
