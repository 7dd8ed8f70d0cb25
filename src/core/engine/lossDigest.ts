import { BinAccumulator, MAX_RAW_POINTS, type ReducedSeries, reduceSeries } from '../fit/binAccumulator';
import { countPoints, type Series, type Span } from '../series/series';

/** What a fit needs of a loss: all of a short series; of a long one the newest points, and everything reduced. */
export interface LossPoints {
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  readonly reduced?: ReducedSeries;
}

/**
 * Takes in a growing loss once, so that a new fit of a live run costs the same however long the run is. Anything but
 * points at the end of the newest part makes it start anew.
 */
export class LossDigest {
  #accumulator = new BinAccumulator();
  #key = '';
  /** Points taken in of all spans but the last, and of the last. */
  #before = 0;
  #taken = 0;

  /** The points of `spans`, which `parts` resolve to. O(new points) when only those are new. */
  pointsOf(parts: readonly Series[], spans: readonly Span[], structure: number): LossPoints {
    const total = countPoints(spans);
    if (total <= MAX_RAW_POINTS) return newestPoints(spans, total);
    const last = spans[spans.length - 1]!;
    const before = total - last.steps.length;
    const key = [structure, parts.length, ...parts.map((part) => part.segmentStarts.length)].join(' ');
    if (key !== this.#key || before !== this.#before || last.steps.length < this.#taken) {
      this.#accumulator = new BinAccumulator();
      for (const { steps, values } of spans.slice(0, -1)) this.#accumulator.push(steps, values);
      [this.#key, this.#before, this.#taken] = [key, before, 0];
    }
    this.#accumulator.push(last.steps.subarray(this.#taken), last.values.subarray(this.#taken));
    this.#taken = last.steps.length;
    return { ...newestPoints(spans, MAX_RAW_POINTS), reduced: this.#accumulator.reduced() };
  }
}

/** As `LossDigest`, for points that do not grow. */
export function pointsOfSpans(spans: readonly Span[]): LossPoints {
  const total = countPoints(spans);
  const all = newestPoints(spans, total);
  if (total <= MAX_RAW_POINTS) return all;
  return { ...newestPoints(spans, MAX_RAW_POINTS), reduced: reduceSeries(all.steps, all.losses) };
}

function newestPoints(spans: readonly Span[], count: number): { steps: Float64Array; losses: Float64Array } {
  const steps = new Float64Array(count);
  const losses = new Float64Array(count);
  let at = count;
  for (let s = spans.length - 1; s >= 0 && at > 0; s--) {
    const from = Math.max(0, spans[s]!.steps.length - at);
    at -= spans[s]!.steps.length - from;
    steps.set(spans[s]!.steps.subarray(from), at);
    losses.set(spans[s]!.values.subarray(from), at);
  }
  return { steps, losses };
}
