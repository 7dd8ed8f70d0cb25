import type { Hover, Position } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import type { HyperSetting } from '../../core/hints/finder';
import { formatValue } from '../../core/hints/render';
import { formatInterval } from '../../core/report/interval';
import { formatLr, formatStep } from '../../core/report/numbers';
import { codeSpan, escapeMarkdown, hintMarkdown } from '../hints/markdown';
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
  const parts = [hintMarkdown(hints.hint(at, code?.facts)), runText(at, code)];
  return {
    range: rangeOf(document, at.setting.span),
    contents: { kind: 'markdown', value: parts.join('\n\n---\n\n') },
  };
}

function runText(at: HyperSetting, code: CodeRun | undefined): string {
  if (code === undefined) return 'No run found beside this file yet. A log below this folder is picked up by itself.';
  const lines = [at.id === 'learningRate' ? rateText(at, code.run) : loggedText(at, code), forecastText(code.run)];
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
