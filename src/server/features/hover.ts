import type { Hover, Position } from 'vscode-languageserver';
import { answerWhatIf } from '../../core/answers/question';
import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { Hint } from '../../core/hints/evaluate';
import type { HyperSetting } from '../../core/hints/finder';
import { formatValue } from '../../core/hints/render';
import { changedSchedule } from '../../core/hints/scheduleChange';
import { formatInterval } from '../../core/report/interval';
import { codeSpan, escapeMarkdown } from '../../core/report/markdownText';
import { formatLr, formatPercent, formatStep } from '../../core/report/numbers';
import { hintMarkdown } from '../hints/markdown';
import { type CodeRun, runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';
import { differs, loggedRate } from './loggedRate';
import { rangeOf } from './ranges';

/**
 * Hover on a line that sets a hyperparameter: what the laws say of the value, what the run of this code logged, and the
 * forecast. Answers from memory; `null` elsewhere.
 */
export function hoverAt(document: SourceDocument, position: Position, engine: Engine): Hover | null {
  const { hints } = document;
  const at = hints?.at(document.text.offsetAt(position));
  if (hints === undefined || at === undefined) return null;
  const code = runOfDocument(document, engine);
  const hint = hints.hint(at, code?.facts);
  // Of several learning rates none is that of the plan.
  const rates = new Set(hints.program.flatMap(({ id, value }) => (id === 'learningRate' ? [value] : [])));
  const change = code === undefined || (at.id === 'learningRate' && rates.size > 1) ? '' : changeText(hint, code.run);
  const parts = [hintMarkdown(hint), runText(at, code), change].filter((part) => part !== '');
  return {
    range: rangeOf(document, at.setting.span),
    contents: { kind: 'markdown', value: parts.join('\n\n---\n\n') },
  };
}

function runText(at: HyperSetting, code: CodeRun | undefined): string {
  if (code === undefined) return 'No run found beside this file yet. A log below this folder is picked up by itself.';
  const logged = at.id === 'learningRate' ? rateText(at, code.run) : loggedText(at, code);
  const lines = [logged, forecastText(code.run)];
  return lines.filter((line) => line !== '').join('\n\n');
}

/** What the run was started with, when it logged that. */
function loggedText(at: HyperSetting, { run, facts }: CodeRun): string {
  const logged = facts.settings.get(at.id);
  if (logged === undefined) return `Run ${codeSpan(run.name)} did not log this value.`;
  const isSame = String(logged) === String(at.value);
  return `Run ${codeSpan(run.name)}: ${escapeMarkdown(formatValue(logged))}${isSame ? ' — as on this line' : ' — **not the value on this line**'}`;
}

function rateText({ value }: HyperSetting, run: TrackedRun): string {
  const logged = loggedRate(run);
  const name = `Run ${codeSpan(run.name)}`;
  if (logged === undefined) return `${name} logs no learning rate.`;
  const now = logged.now === null ? '' : `, now ${formatLr(logged.now.value)} at step ${formatStep(logged.now.step)}`;
  const same =
    typeof value !== 'number' || !logged.certain
      ? ''
      : differs(value, logged.peak)
        ? ' — **not the value on this line**'
        : ' — as on this line';
  return `${name}: peak ${formatLr(logged.peak)}${same}${now}`;
}

function forecastText(run: TrackedRun): string {
  const { forecast, message, status } = run.forecast;
  const loss = forecast?.finalLoss;
  if (loss === null || loss === undefined) {
    return status === 'fitting' ? 'Forecast: being fitted.' : `No forecast: ${escapeMarkdown(message)}`;
  }
  const { refused } = forecast!;
  const doubt =
    refused === null || refused.code === 'finished' ? '' : ` (not to be trusted: ${escapeMarkdown(refused.reason)})`;
  const step = formatStep(forecast!.finalStep);
  const head = refused?.code === 'finished' ? 'Finished' : 'Forecast';
  return `${head}: final loss **${formatInterval({ value: loss.value, interval: loss.interval80 })}** (80 %) at step ${step}${doubt}`;
}

/**
 * Where the run would end if it went on from here with the value on this line: the law of its forecast under the changed
 * schedule, some milliseconds. Empty when the value is as planned, and when the law cannot tell.
 */
function changeText({ at, facts }: Hint, run: TrackedRun): string {
  const { fitted } = run.forecast;
  const planned = fitted === null ? null : answerWhatIf(fitted, { kind: 'plan' }).value;
  const schedule = planned === null ? null : changedSchedule(at.id, facts, planned.now, fitted!.path.peakLr);
  const answer = schedule === null ? null : answerWhatIf(fitted!, { kind: 'schedule', ...schedule }).value;
  if (answer === null) return '';
  const { finalLoss, difference, caution } = answer;
  const loss = formatInterval({ value: finalLoss.value, interval: finalLoss.interval80 });
  const change = formatInterval({ value: difference.value, interval: difference.interval80 });
  return [
    `With this value from step ${formatStep(planned!.now.step)} on: final loss **${loss}** (80 %) at step ${formatStep(answer.finalStep)}`,
    `${change} against the plan, lower with a chance of ${formatPercent(difference.chanceBetter)}`,
    ...(caution === null ? [] : [escapeMarkdown(caution)]),
  ].join('; ');
}
