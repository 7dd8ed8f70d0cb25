import type { Sample } from '../model';
import { lowerBound } from '../series/column';
import type { FileLog } from '../series/fileLog';
import { countPoints, resolveSpans, type Span } from '../series/series';

/**
 * How two logs relate: `same` run told twice; one `continues` the other after a restart; they contradict each other and are `apart`;
 * or they share no loss and are `unrelated`.
 */
export type Relation = 'same' | 'continues' | 'apart' | 'unrelated';

/** Points of the shorter log whose steps are looked for in the other: spread over it, and the last ones. */
const COMPARED = 256;
const COMPARED_LAST = 16;
/** Steps that two logs must share before their values mean anything. */
const LEAST_SHARED = 3;
/** Share of them that must agree, the last one included. */
const AGREEING = 0.97;
/** Consoles round to three or four digits; two seeds of one training are this close at a few steps only. */
const ROUNDING = 2e-3;
/** Part of a run after which a log that begins later can be its continuation: one that repeats most of it is another run. */
const LEAST_DONE = 0.5;
/** Gap between the loss before and after a restart, as a share of the loss: far above noise, far below another run's start. */
const SEAM = 0.15;
/** Points on each side of a restart that are averaged. */
const SEAM_POINTS = 8;

/** How the logs in two files relate; `alike` says that their names differ by no more than a number. */
export function relationOf(one: readonly FileLog[], other: readonly FileLog[], alike: boolean): Relation {
  const name = sharedLoss(one, other);
  if (name === undefined || unitOf(one) !== unitOf(other)) return 'unrelated';
  const a = spansOf(one, name);
  const b = spansOf(other, name);
  if (alike && (goesOn(a, b) || goesOn(b, a))) return 'continues';
  return agreementOf(one, other, name) === 'agrees' ? 'same' : 'apart';
}

/**
 * Whether two logs have the same values of `name` at the steps that both have; `unknown` when they share fewer than three of those that
 * are compared, or of the last ones: branches of one training share their trunk. O(log points).
 */
export function agreementOf(
  a: readonly FileLog[],
  b: readonly FileLog[],
  name: string,
): 'agrees' | 'differs' | 'unknown' {
  const { agree, late } = compare(spansOf(a, name), spansOf(b, name));
  if (agree.length < LEAST_SHARED || late < LEAST_SHARED) return 'unknown';
  return agree.filter(Boolean).length >= AGREEING * agree.length && agree.at(-1) ? 'agrees' : 'differs';
}

/** True when two file names differ only by numbers and words for a restart: `slurm-12.out`, `slurm-13.out`. */
export function namesAlike(a: string, b: string): boolean {
  return nameShape(a) === nameShape(b);
}

function nameShape(name: string): string {
  return name
    .toLowerCase()
    .replace(/resumed?|restart(?:ed)?|cont(?:inued?)?|part/g, '')
    .replace(/\d+/g, '')
    .replace(/[^a-z]+/g, '');
}

function unitOf(logs: readonly FileLog[]): string {
  return logs.find((log) => log.points > 0)?.unit ?? 'step';
}

function sharedLoss(a: readonly FileLog[], b: readonly FileLog[]): string | undefined {
  const names = b.flatMap((log) => log.allSeries.filter((series) => series.length > 0).map(({ name }) => name));
  const inBoth = (name: string): boolean => a.some((log) => (log.find(name)?.length ?? 0) > 0);
  const losses = ['train_loss', 'val_loss', ...names.filter((name) => /loss|perplexity|bpb/.test(name))];
  return losses.find((name) => names.includes(name) && inBoth(name));
}

function spansOf(logs: readonly FileLog[], name: string): Span[] {
  return resolveSpans(logs.flatMap((log) => log.find(name) ?? []));
}

/**
 * Of some points of the shorter log whose steps the other one has, in order: whether the values agree. `late`: how many of the last
 * points are among them.
 */
function compare(a: readonly Span[], b: readonly Span[]): { agree: boolean[]; late: number } {
  const [few, many] = countPoints(a) < countPoints(b) ? [a, b] : [b, a];
  const rows = chosenRows(few, lastStep(many));
  const others = rows.map(({ step }) => valueAt(many, step));
  const agree = rows.flatMap(({ value }, i) => {
    const other = others[i];
    if (other === undefined) return [];
    const room = ROUNDING * Math.max(Math.abs(value), Math.abs(other));
    return [Object.is(value, other) || Math.abs(value - other) <= room];
  });
  return { agree, late: others.slice(-COMPARED_LAST).filter((other) => other !== undefined).length };
}

/** Points spread over `spans` up to the step `last`, and those before it. */
function chosenRows(spans: readonly Span[], last: number): Sample[] {
  const ends = spans.map(({ steps }) => lowerBound(steps, last + 1));
  const count = ends.reduce((sum, end) => sum + end, 0);
  const every = Math.max(1, Math.floor(count / COMPARED));
  const rows: Sample[] = [];
  let before = 0;
  for (const [s, { steps, values }] of spans.entries()) {
    for (let row = 0; row < ends[s]!; row++) {
      const at = before + row;
      if (at % every === 0 || at >= count - COMPARED_LAST) rows.push({ step: steps[row]!, value: values[row]! });
      else row += Math.min(every - (at % every), Math.max(1, count - COMPARED_LAST - at)) - 1;
    }
    before += ends[s]!;
  }
  return rows;
}

function valueAt(spans: readonly Span[], step: number): number | undefined {
  for (const { steps, values } of spans) {
    const row = lowerBound(steps, step);
    if (steps[row] === step) return values[row];
  }
  return undefined;
}

function lastStep(spans: readonly Span[]): number {
  return spans.at(-1)?.steps.at(-1) ?? Number.NEGATIVE_INFINITY;
}

/** Whether `b` was resumed from a late checkpoint of `a`: it begins before or at the end of `a`, and at the loss of `a`. */
function goesOn(a: readonly Span[], b: readonly Span[]): boolean {
  const first = a[0]?.steps[0];
  const begin = b[0]?.steps[0];
  const points = countPoints(a);
  if (first === undefined || begin === undefined || points < 2) return false;
  const last = lastStep(a);
  const interval = (last - first) / (points - 1);
  if (begin < first + LEAST_DONE * (last - first) || begin > last + 2 * interval + 1) return false;
  const before = a.flatMap(({ steps, values }) => {
    const end = lowerBound(steps, begin + 1);
    return Array.from(values.subarray(Math.max(0, end - SEAM_POINTS), end));
  });
  const after = Array.from(b[0]!.values.subarray(0, SEAM_POINTS));
  const level = mean(before.slice(-SEAM_POINTS));
  return Math.abs(mean(after) - level) <= SEAM * Math.abs(level);
}

function mean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
