import { median, robustSd } from '../fit/robust';
import { type Answer, answered, declined } from './answer';

/** A run of a family as the collapse looks at it: smoothed losses over steps, the last planned step, the end. */
export interface FamilyRun {
  readonly name: string;
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
  readonly finalStep: number;
  /** Measured or forecast final loss, nats. */
  readonly finalLoss: number;
}

/** How one run follows the common curve of its family. */
export interface CollapsedRun {
  readonly name: string;
  /** Shares of the plan and normalised losses L / L_end at them, as far as the run has come. */
  readonly shares: readonly number[];
  readonly curve: readonly number[];
  /** Largest distance from the middle of the others, and the same in standard deviations of the family. */
  readonly deviation: number;
  readonly z: number;
}

/** Shares of the plan that are compared. */
const SHARES = Array.from({ length: 17 }, (_, k) => 0.1 + 0.05 * k);

const LEAST_RUNS = 3;

/** Standard deviation that a family has at least: seeds differ by this share of the loss. */
const LEAST_SD = 1e-3;

/**
 * Whether runs of a family collapse onto one curve when steps are shares of the plan and losses shares of the final one,
 * as runs of equal tokens per parameter and schedule shape do. A run far off (|z| above 4) is unlike its siblings. Needs 3
 * runs, each with points before and after the shares it is asked for; anything else about the family is the
 * caller's to know. Source: arXiv 2507.02119, section 2; the form without an irreducible loss as arXiv 2509.25087.
 */
export function collapse(runs: readonly FamilyRun[]): Answer<readonly CollapsedRun[]> {
  const curves = runs.map(normalise).filter((run) => run.curve.length > 0);
  if (curves.length < LEAST_RUNS) {
    return declined('notComparable', `A family needs ${LEAST_RUNS} runs with points over a tenth of their plan.`);
  }
  return answered(
    curves.map(({ name, curve }, i) => {
      const others = curves.filter((_, k) => k !== i);
      let deviation = 0;
      let z = 0;
      curve.forEach((value, k) => {
        const there = others.flatMap((other) => other.curve[k] ?? []);
        if (there.length < LEAST_RUNS - 1) return;
        const off = value - median(there);
        if (Math.abs(off) <= Math.abs(deviation)) return;
        deviation = off;
        z = off / Math.max(LEAST_SD, robustSd(there));
      });
      return { name, shares: SHARES.slice(0, curve.length), curve, deviation, z };
    }),
  );
}

function normalise({ name, steps, losses, finalStep, finalLoss }: FamilyRun): { name: string; curve: number[] } {
  const curve: number[] = [];
  let row = 0;
  for (const share of SHARES) {
    const step = share * finalStep;
    while (row < steps.length && steps[row]! < step) row++;
    if (row === 0 || row >= steps.length) break;
    const part = (step - steps[row - 1]!) / (steps[row]! - steps[row - 1]!);
    const value = (losses[row - 1]! + part * (losses[row]! - losses[row - 1]!)) / finalLoss;
    if (!Number.isFinite(value)) break;
    curve.push(value);
  }
  return { name, curve };
}
