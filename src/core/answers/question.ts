import type { FittedForecast } from '../forecast/fittedForecast';
import { rateAt } from '../laws/lrPath';
import { type Ahead, fallAhead, plannedAhead, presentRate } from './ahead';
import { type Answer, answered } from './answer';
import { bestSchedule } from './bestSchedule';
import { FALLS, type FallName } from './decayStart';
import { type StopNow, stopNow } from './stopNow';
import { type WhatIf, whatIf } from './whatIf';

/** What a person asks of the rest of a run. Rates in the unit of the log. Plain data. */
export type WhatIfQuestion =
  /** The plan as it is. */
  | { readonly kind: 'plan' }
  /** A rate held until `decayStart`, then a fall to `lowest` at the last step. */
  | ({ readonly kind: 'schedule' } & SimpleSchedule)
  /** The best schedule that only falls. */
  | { readonly kind: 'best'; readonly totalSteps: number; readonly lowest: number };

/** A schedule in five numbers. */
export interface SimpleSchedule {
  readonly totalSteps: number;
  readonly rate: number;
  readonly decayStart: number;
  readonly shape: FallName;
  readonly lowest: number;
}

/** What is said in return. Plain data. */
export interface WhatIfReply extends WhatIf {
  /** The schedule that was weighed. */
  readonly ahead: { readonly steps: readonly number[]; readonly lrs: readonly number[] };
  /** Where the run stands: step, rate, and the plan in five numbers, as well as those can say it. */
  readonly now: { readonly step: number; readonly rate: number; readonly plan: SimpleSchedule };
  /** What stopping now would give up; `null` when the plan is over. */
  readonly stop: StopNow | null;
}

/** Answers a question about the rest of a run. 2 ms, 30 ms for the best schedule. Refused as `withAhead` and `bestSchedule`. */
export function answerWhatIf(fitted: FittedForecast, question: WhatIfQuestion): Answer<WhatIfReply> {
  const ahead = aheadOf(fitted, question);
  if (ahead.value === null) return ahead;
  const answer = whatIf(fitted, ahead.value);
  if (answer.value === null) return answer;
  const { steps, lrs } = ahead.value;
  return answered({
    ...answer.value,
    ahead: { steps: Array.from(steps), lrs: Array.from(lrs) },
    now: { step: fitted.lastSeen, rate: presentRate(fitted), plan: planOf(fitted) },
    stop: stopNow(fitted).value,
  });
}

function aheadOf(fitted: FittedForecast, question: WhatIfQuestion): Answer<Ahead> {
  if (question.kind === 'plan') return answered(plannedAhead(fitted));
  if (question.kind === 'best') {
    const { totalSteps: finalStep, lowest } = question;
    const best = bestSchedule(fitted, { finalStep, lowest });
    return best.value === null ? best : answered(best.value.ahead);
  }
  const { totalSteps: finalStep, decayStart: start, rate, lowest, shape } = question;
  return answered(fallAhead(fitted, { start, finalStep, rate, lowest, shape: FALLS[shape] }));
}

/** A rate below this share of the present one has left its stretch. */
const HELD = 0.995;

/** The plan as five numbers: where the rate leaves its present value, and the shape that ends nearest to the plan. */
function planOf(fitted: FittedForecast): SimpleSchedule {
  const { path, lastSeen, finalStep } = fitted;
  const present = rateAt(path, lastSeen);
  let decayStart = Math.floor(lastSeen);
  for (const step of path.steps) {
    if (step > lastSeen && step < finalStep && rateAt(path, step) >= HELD * present) decayStart = step;
  }
  const rate = present * path.peakLr;
  const lowest = Math.min(rate, rateAt(path, finalStep) * path.peakLr);
  const half = rateAt(path, (decayStart + finalStep) / 2) * path.peakLr;
  const distance = (name: FallName): number => Math.abs(lowest + (rate - lowest) * FALLS[name](0.5) - half);
  const names = Object.keys(FALLS) as FallName[];
  const shape = names.reduce((best, name) => (distance(name) < distance(best) - 1e-9 * rate ? name : best));
  return { totalSteps: finalStep, rate, decayStart, shape, lowest };
}
