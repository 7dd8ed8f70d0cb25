import type { FileLog } from '../series/fileLog';
import { collectPoints, resolveSpans } from '../series/series';

/**
 * How two logs relate: `same` run told twice; one `continues` the other after a restart; they contradict each other and are `apart`;
 * or they share no loss and are `unrelated`.
 */
export type Relation = 'same' | 'continues' | 'apart' | 'unrelated';

/** Steps that are compared. */
const COMPARED = 32;
/** Points of a log, from its first on, among which they are looked for: the cost of a comparison has a bound. */
const MAX_COMPARED = 4096;
/** Steps that two logs must share before their values mean anything. */
const LEAST_SHARED = 3;
/** Share of them that must agree. */
const AGREEING = 0.8;
/** Consoles round to three or four digits; two seeds of one training are this close at a few steps only. */
const ROUNDING = 2e-3;
/** Gap between the loss before and after a restart, as a share of the loss: far above noise, far below another run's start. */
const SEAM = 0.25;
/** Points on each side of a restart that are averaged. */
const SEAM_POINTS = 8;

interface Points {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** How the logs in two files relate; `alike` says that their names differ by no more than a number. */
export function relationOf(one: readonly FileLog[], other: readonly FileLog[], alike: boolean): Relation {
  const name = sharedLoss(one, other);
  if (name === undefined || unitOf(one) !== unitOf(other)) return 'unrelated';
  const a = pointsOf(one, name);
  const b = pointsOf(other, name);
  if (alike && (goesOn(a, b) || goesOn(b, a))) return 'continues';
  return agreementOf(one, other, name) === 'agrees' ? 'same' : 'apart';
}

/** Whether two logs have the same values of `name` at the steps that both have; `unknown` when they share fewer than three. */
export function agreementOf(
  a: readonly FileLog[],
  b: readonly FileLog[],
  name: string,
): 'agrees' | 'differs' | 'unknown' {
  const { shared, agreeing } = compare(pointsOf(a, name, MAX_COMPARED), pointsOf(b, name, MAX_COMPARED));
  if (shared < LEAST_SHARED) return 'unknown';
  return agreeing >= AGREEING * shared ? 'agrees' : 'differs';
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

function pointsOf(logs: readonly FileLog[], name: string, most = Number.POSITIVE_INFINITY): Points {
  const spans = resolveSpans(logs.flatMap((log) => log.find(name) ?? []));
  let left = most;
  const first = spans.map(({ steps, values }) => {
    const count = Math.min(left, steps.length);
    left -= count;
    return { steps: steps.subarray(0, count), values: values.subarray(0, count) };
  });
  return collectPoints(first);
}

/** Of some steps of the shorter log: how many the other one has, and at how many the values agree. */
function compare(a: Points, b: Points): { shared: number; agreeing: number } {
  const [few, many] = a.steps.length < b.steps.length ? [a, b] : [b, a];
  const values = new Map<number, number>();
  for (let i = 0; i < many.steps.length; i++) values.set(many.steps[i]!, many.values[i]!);
  const known = Array.from(few.steps.keys()).filter((i) => values.has(few.steps[i]!));
  const every = Math.max(1, Math.floor(known.length / COMPARED));
  let shared = 0;
  let agreeing = 0;
  for (let k = 0; k < known.length; k += every) {
    const x = few.values[known[k]!]!;
    const y = values.get(few.steps[known[k]!]!)!;
    shared++;
    if (Object.is(x, y) || Math.abs(x - y) <= ROUNDING * Math.max(Math.abs(x), Math.abs(y))) agreeing++;
  }
  return { shared, agreeing };
}

/** Whether `b` was resumed from a checkpoint of `a`: it begins later, not beyond the end of `a`, and at the loss of `a`. */
function goesOn(a: Points, b: Points): boolean {
  if (a.steps.length < 2 || b.steps.length === 0) return false;
  const begin = b.steps[0]!;
  const last = a.steps.at(-1)!;
  const interval = (last - a.steps[0]!) / (a.steps.length - 1);
  if (begin < a.steps[0]! + 2 * interval || begin > last + 2 * interval + 1) return false;
  const end = a.steps.findLastIndex((step) => step <= begin) + 1;
  const before = mean(a.values.subarray(Math.max(0, end - SEAM_POINTS), end));
  const after = mean(b.values.subarray(0, SEAM_POINTS));
  return Math.abs(after - before) <= SEAM * Math.abs(before);
}

function mean(values: Float64Array): number {
  const finite = Array.from(values).filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
