import { spawnSync } from 'node:child_process';
import { fitLaw } from '../../../src/core/fit/fitLaw';
import type { Law } from '../../../src/core/laws/law';
import { rateAt } from '../../../src/core/laws/lrPath';
import type { LoadedCurve } from './curveFolder';
import { EARLY_STOP, publishedCurve } from './protocols';

/** One law fitted by numpy and scipy and by Lossline to the same points with the same loss. */
export interface Comparison {
  readonly law: Law['id'];
  readonly points: number;
  /** Processor seconds of a fit. */
  readonly reference: number;
  readonly own: number;
  /** Sum of Huber losses in units of the threshold squared: the lower, the better the minimum. */
  readonly referenceCost: number;
  readonly ownCost: number;
}

/** Compares a fit with `tools/reference/laws.py`; `undefined` where Python or scipy is missing. */
export function compareWithReference(law: Law, loaded: LoadedCurve): Comparison | undefined {
  const curve = publishedCurve(loaded);
  const rates = Array.from({ length: loaded.total + 1 }, (_, step) => rateAt(curve.path, step));
  const task = { law: law.id, rates, steps: Array.from(loaded.steps), losses: Array.from(loaded.losses) };
  const { status, stdout } = spawnSync('python3', ['tools/reference/laws.py'], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) return undefined;
  const { seconds, cost } = JSON.parse(stdout) as { seconds: number; cost: number };
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    const fit = fitLaw(law, [curve], { priors: [], solver: EARLY_STOP });
    const { user, system } = process.cpuUsage(start);
    return { seconds: (user + system) / 1e6, cost: fit.cost };
  });
  return {
    law: law.id,
    points: loaded.steps.length,
    reference: seconds,
    own: Math.min(...times.map((time) => time.seconds)),
    referenceCost: cost,
    ownCost: times[0]!.cost,
  };
}
