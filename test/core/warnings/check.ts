import assert from 'node:assert/strict';
import { NO_FACTS, type RunFacts } from '../../../src/core/warnings/facts';
import type { Severity, Warning } from '../../../src/core/warnings/warning';
import { type Point, PRETRAINING, recordedRun, warningsAcrossRestarts, warningsOf } from './replay';

/** Points of a recorded run with something done to them, and what a detector must say. */
export interface Case {
  readonly name: string;
  /** Run of `test/fixtures` that is altered; pre-training unless given. */
  readonly run?: string;
  readonly facts?: Partial<RunFacts>;
  readonly points: (recorded: readonly Point[]) => readonly Point[];
}

export interface Fires extends Case {
  readonly severity?: Severity;
  /** The step the warning must name, or the range it must lie in. */
  readonly step?: number | readonly [number, number];
  readonly text?: RegExp;
}

/** Points that are written and read as JSON one by one: enough to pass every branch, few enough to be quick. */
const JSON_POINTS = 1500;

/** A test by its name; the caller registers it, so that a failure names the caller's file. */
export interface NamedTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Tests of one detector: it must say something in each of `fires`, and nothing in each of `silent`. */
export function casesOf(
  id: string,
  { fires, silent }: { fires: readonly Fires[]; silent: readonly Case[] },
): NamedTest[] {
  const found = async (one: Case) => {
    const { points, facts } = await prepare(one);
    return { points, facts, warnings: warningsOf(points, facts).filter((warning) => warning.id === id) };
  };
  const firing = fires.map((one) => ({
    name: `fires: ${one.name}`,
    run: async () => {
      const { points, facts, warnings } = await found(one);
      assert.ok(warnings.length > 0, 'nothing was said');
      checkFinding(warnings[0]!, one);
      const part = points.slice(0, JSON_POINTS);
      assert.deepEqual(warningsAcrossRestarts(part, facts), warningsOf(part, facts));
    },
  }));
  const quiet = silent.map((one) => ({
    name: `silent: ${one.name}`,
    run: async () => {
      const { warnings } = await found(one);
      assert.deepEqual(
        warnings.map(({ step, evidence }) => `${step}: ${evidence.text}`),
        [],
      );
    },
  }));
  return [...firing, ...quiet];
}

async function prepare({
  run = PRETRAINING,
  facts,
  points,
}: Case): Promise<{ points: readonly Point[]; facts: RunFacts }> {
  const recorded = await recordedRun(run);
  return { points: points(recorded.points), facts: { ...NO_FACTS, ...facts } };
}

function checkFinding(warning: Warning, { severity, step, text }: Fires): void {
  const { evidence } = warning;
  if (severity !== undefined) assert.equal(warning.severity, severity, evidence.text);
  if (text !== undefined) assert.match(evidence.text, text);
  if (typeof step === 'number') assert.equal(warning.step, step, evidence.text);
  else if (step !== undefined) assert.ok(warning.step >= step[0] && warning.step <= step[1], String(warning.step));
  assert.ok(
    evidence.text.length > 20 && !/NaN|undefined|Infinity/.test(evidence.text.replace(/ is NaN/, '')),
    evidence.text,
  );
  for (const value of Object.values(evidence.numbers))
    assert.ok(value === null || Number.isFinite(value), evidence.text);
  assert.deepEqual(
    [...evidence.steps].sort((a, b) => a - b),
    [...evidence.steps],
  );
}

/** Points of one series. */
export const only = (points: readonly Point[], series: string): Point[] => points.filter((p) => p.series === series);

/** `values` as a series at the steps 1, 2, …, or every `every` steps. */
export function series(name: string, values: Iterable<number>, every = 1): Point[] {
  return Array.from(values, (value, i) => ({ series: name, step: (i + 1) * every, value }));
}

/** Points of several series in the order of their steps. */
export function merged(...parts: readonly (readonly Point[])[]): Point[] {
  return parts.flat().sort((a, b) => a.step - b.step);
}

/** The points with `change` applied to the values of one series. */
export function altered(
  points: readonly Point[],
  name: string,
  change: (value: number, step: number) => number,
): Point[] {
  return points.map((point) => (point.series === name ? { ...point, value: change(point.value, point.step) } : point));
}
