import type { Prediction } from '../engine/prediction';
import type { Estimate } from '../forecast/forecast';
import { formatInterval, formatRange } from './interval';
import { formatLoss, formatPercent, formatStep } from './numbers';

/** Width of the first column. */
const LABEL = 14;

/** A prediction in words, as `lossline predict` prints it: the answer first, then what it rests on. */
export function predictionLines(prediction: Prediction): string[] {
  const { name, series, forecast, also } = prediction;
  const { finalLoss, seen, refused, finalStep } = forecast;
  const seenText = `${formatStep(seen.points)} points up to step ${formatStep(seen.step)} of ${formatStep(finalStep)}`;
  const lines = [`${name}: ${series}, ${seenText} (${formatPercent(seen.fraction)})`];
  lines.push(
    finalLoss === null ? line('no forecast', refused?.reason ?? '') : line('final loss', finalText(finalLoss)),
  );
  for (const other of also) {
    const text = other.finalLoss === null ? (other.refused?.reason ?? '') : finalText(other.finalLoss);
    lines.push(line(other.series.replace('_', ' '), text));
  }
  if (finalLoss === null) return lines;
  if (refused !== null) lines.push(line(refused.code === 'finished' ? 'note' : 'not trusted', refused.reason));
  return [...lines, ...restLines(prediction), ...answerLines(prediction)];
}

function restLines({ forecast: { remaining, refused }, report }: Prediction): string[] {
  const basis = report.prior.learntFrom.length;
  const from = basis > 0 ? `, learnt from ${basis} earlier run${basis === 1 ? '' : 's'}` : '';
  const law = line('law', `${report.law.title}${from}`);
  if (remaining === null || refused?.code === 'finished') return [law];
  const { fromMoreSteps, fromLowerLr } = remaining;
  const parts = `${formatLoss(fromMoreSteps, 3)} by more steps, ${formatLoss(fromLowerLr, 3)} by a lower learning rate`;
  return [line('still to fall', parts), law];
}

function answerLines({ at, target, compare }: Prediction): string[] {
  const lines: string[] = [];
  if (at !== null) {
    const text = at.loss === null ? (at.refused?.reason ?? '') : finalText(at.loss);
    lines.push(line(`at ${formatStep(at.step)}`, text));
  }
  if (target !== null) {
    const { step, interval80, chance, refused } = target;
    const [early, late] = (interval80 ?? [null, null]).map((end) => (end === null ? 'never' : formatStep(end)));
    const when = step === null ? 'not within the plan' : `at step ${formatStep(step)}`;
    const text = `${when} (80 %: ${early} – ${late}), ends below it with a chance of ${formatPercent(chance)}`;
    lines.push(line(`loss ${formatLoss(target.loss)}`, refused === null ? text : refused.reason));
  }
  if (compare !== null) {
    const other =
      compare.finalLoss === null ? (compare.refused?.reason ?? 'no forecast') : finalText(compare.finalLoss);
    const chance =
      compare.chanceBelow === null
        ? ''
        : `; this run ends below it with a chance of ${formatPercent(compare.chanceBelow)}`;
    lines.push(line('other run', `${other}${chance}`));
  }
  return lines;
}

function finalText({ value, interval80, interval95 }: Estimate): string {
  return `${formatInterval({ value, interval: interval80 })}  (80 %: ${formatRange(interval80)}, 95 %: ${formatRange(interval95)})`;
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(LABEL)} ${text}`;
}
