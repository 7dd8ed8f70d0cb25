import type { Sample, SeriesName } from '../model';
import { Column, lowerBound } from './column';
import { StepColumn } from './stepColumn';

/**
 * One logged quantity of one file, in file order. Steps that go back start a new segment: within a segment steps
 * never fall, so that a resumed run keeps both its old and its new points.
 */
export class Series {
  readonly steps: StepColumn;
  readonly values = new Column();
  /** First row of each segment; the first segment starts at row 0. */
  readonly segmentStarts: number[] = [0];
  nonFinite = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #lastValue = Number.NaN;

  constructor(
    readonly name: SeriesName,
    /** The log's own name. */
    readonly label: string,
    readonly unit: string,
    /** Steps of the leading series of the same log, shared as long as they are the same. */
    leader?: StepColumn,
    /** The point before, told again, is the same point: several processes write it, or a writer logs it twice. */
    readonly dropsEchoes = false,
  ) {
    this.steps = new StepColumn(leader);
  }

  get length(): number {
    return this.steps.length;
  }

  /** Least and greatest finite value; `undefined` when there is none. */
  get range(): { min: number; max: number } | undefined {
    return this.#min <= this.#max ? { min: this.#min, max: this.#max } : undefined;
  }

  first(): Sample | undefined {
    return this.sampleAt(0);
  }

  last(): Sample | undefined {
    return this.sampleAt(this.length - 1);
  }

  sampleAt(row: number): Sample | undefined {
    return row >= 0 && row < this.length ? { step: this.steps.at(row), value: this.values.at(row) } : undefined;
  }

  /** Appends a point. Non-finite values are kept and counted: they are facts of the run. */
  push(step: number, value: number): void {
    if (this.dropsEchoes) {
      if (step === this.steps.last && Object.is(value, this.#lastValue)) return;
      this.#lastValue = value;
    }
    if (step < this.steps.last) this.segmentStarts.push(this.length);
    this.steps.push(step);
    this.values.push(value);
    // Infinity - Infinity and NaN - NaN are NaN, and NaN !== 0: one test for both.
    if (value - value !== 0) this.nonFinite++;
    else {
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
  }

  /** Appends points of finite values, as many as `steps` has; both are copied. As `push` for each, in less time. */
  append(steps: Float64Array, values: Float64Array): void {
    if (this.dropsEchoes && this.#echoes(steps, values)) {
      for (let i = 0; i < steps.length; i++) this.push(steps[i]!, values[i]!);
      return;
    }
    let last = this.steps.last;
    let min = this.#min;
    let max = this.#max;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const value = values[i]!;
      if (step < last) this.segmentStarts.push(this.length + i);
      last = step;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#min = min;
    this.#max = max;
    this.steps.append(steps);
    this.values.append(values);
    if (values.length > 0) this.#lastValue = values[values.length - 1]!;
  }

  /** Whether a point is told twice in a row. */
  #echoes(steps: Float64Array, values: Float64Array): boolean {
    let step = this.steps.last;
    let value = this.#lastValue;
    for (let i = 0; i < steps.length; i++) {
      if (steps[i] === step && values[i] === value) return true;
      step = steps[i]!;
      value = values[i]!;
    }
    return false;
  }

  /** The present end of the series, to come back to with `restore`. O(1). */
  mark(): SeriesMark {
    return {
      length: this.length,
      segments: this.segmentStarts.length,
      nonFinite: this.nonFinite,
      min: this.#min,
      max: this.#max,
    };
  }

  /** Forgets all points after `mark`, for example an unfinished last line that was read ahead. O(1). */
  restore(mark: SeriesMark): void {
    this.steps.truncate(mark.length);
    this.values.truncate(mark.length);
    this.segmentStarts.length = mark.segments;
    this.nonFinite = mark.nonFinite;
    this.#min = mark.min;
    this.#max = mark.max;
    this.#lastValue = this.values.at(mark.length - 1);
  }
}

/** A moment of a series. */
export interface SeriesMark {
  readonly length: number;
  readonly segments: number;
  readonly nonFinite: number;
  readonly min: number;
  readonly max: number;
}

/** Rows [from, to) of one file's series: part of the resolved series of a run. */
export interface Span {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/**
 * Resolves restarts: the spans of `parts` (files in launch order) that are still valid, in order of their steps.
 * A segment ends where any later segment begins: what was trained again replaces what was rolled back.
 * Costs O(segments · log rows) and copies nothing; the spans are valid until the next append.
 */
export function resolveSpans(parts: readonly Series[]): Span[] {
  return segmentsIn(parts).flatMap(({ span, end }) => (end > 0 ? [cutSpan(span, 0, end)] : []));
}

/** Superseded rows: the ghosts of what was rolled back, in file order. */
export function supersededSpans(parts: readonly Series[]): Span[] {
  return segmentsIn(parts).flatMap(({ span, end }) => (end < span.steps.length ? [cutSpan(span, end)] : []));
}

/** Every segment of `parts` in file order, and the number of its rows that no later segment replaces. */
export function segmentsIn(parts: readonly Series[]): { span: Span; end: number }[] {
  const segments: { span: Span; end: number }[] = [];
  let cut = Number.POSITIVE_INFINITY;
  for (const series of parts.toReversed()) {
    for (let s = series.segmentStarts.length - 1; s >= 0; s--) {
      const from = series.segmentStarts[s]!;
      const to = series.segmentStarts[s + 1] ?? series.length;
      const span = { steps: series.steps.view(from, to), values: series.values.view(from, to) };
      if (to === from) continue;
      segments.push({ span, end: lowerBound(span.steps, cut) });
      cut = Math.min(cut, span.steps[0]!);
    }
  }
  return segments.reverse();
}

function cutSpan({ steps, values }: Span, from: number, to = steps.length): Span {
  return { steps: steps.subarray(from, to), values: values.subarray(from, to) };
}

/** Number of points in `spans`. */
export function countPoints(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.steps.length, 0);
}

/** The points of `spans` up to and including step `until`, without copying. */
export function spansUntil(spans: readonly Span[], until: number): Span[] {
  return spans.flatMap((span) => {
    const end = span.steps.findLastIndex((step) => step <= until) + 1;
    return end > 0 ? [cutSpan(span, 0, end)] : [];
  });
}

/** At most `limit` points of `spans`, evenly spread, first and last among them, in two new arrays. O(limit + spans). */
export function samplePoints(
  spans: readonly Span[],
  limit: number,
): { steps: Float64Array<ArrayBuffer>; values: Float64Array<ArrayBuffer> } {
  const total = countPoints(spans);
  if (total <= limit) return collectPoints(spans);
  const steps = new Float64Array(limit);
  const values = new Float64Array(limit);
  let span = 0;
  let before = 0;
  for (let i = 0; i < limit; i++) {
    const row = Math.round((i * (total - 1)) / (limit - 1));
    while (row - before >= spans[span]!.steps.length) before += spans[span++]!.steps.length;
    steps[i] = spans[span]!.steps[row - before]!;
    values[i] = spans[span]!.values[row - before]!;
  }
  return { steps, values };
}

/** The points of `spans` in two new arrays of equal length. */
export function collectPoints(spans: readonly Span[]): {
  steps: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
} {
  const total = countPoints(spans);
  const steps = new Float64Array(total);
  const values = new Float64Array(total);
  let at = 0;
  for (const span of spans) {
    steps.set(span.steps, at);
    values.set(span.values, at);
    at += span.steps.length;
  }
  return { steps, values };
}
