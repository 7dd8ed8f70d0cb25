import type { Hover, Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine } from '../../core/engine/engine';
import type { TrackedRun } from '../../core/engine/trackedRun';
import { formatInterval } from '../../core/report/interval';
import { formatLr, formatStep } from '../../core/report/numbers';
import { toPath } from '../uris';
import { runOfCode } from './codeRun';
import { type LearningRateLine, learningRatesOn } from './learningRateLine';
import { differs, loggedRate } from './loggedRate';

/** Hover on a line that sets a learning rate: the value, what the run logged, and the forecast. Answers from memory. */
export function hoverAt(document: TextDocument, position: Position, engine: Engine): Hover | null {
  const file = toPath(document.uri);
  if (file === undefined || document.languageId !== 'python') return null;
  const line = document.getText({
    start: { line: position.line, character: 0 },
    end: { line: position.line + 1, character: 0 },
  });
  const setting = learningRatesOn(line.replace(/[\r\n]+$/, '')).find(
    ({ start, end }) => position.character >= start && position.character <= end,
  );
  if (setting === undefined) return null;
  const range = {
    start: { line: position.line, character: setting.start },
    end: { line: position.line, character: setting.end },
  };
  return { range, contents: { kind: 'markdown', value: hoverText(setting, runOfCode(file, engine)) } };
}

function hoverText(setting: LearningRateLine, run: TrackedRun | undefined): string {
  const head = `**Lossline** · \`${setting.name}\`${setting.value === null ? '' : ` = ${formatLr(setting.value)}`}`;
  if (run === undefined) {
    return `${head}\n\nNo run found beside this file yet. A log below this folder is picked up by itself.`;
  }
  return [head, rateText(setting, run), forecastText(run)].join('\n\n');
}

function rateText(setting: LearningRateLine, run: TrackedRun): string {
  const logged = loggedRate(run);
  const name = `Run ${codeSpan(run.name)}`;
  if (logged === undefined) return `${name} logs no learning rate.`;
  const now = logged.now === null ? '' : `, now ${formatLr(logged.now.value)} at step ${formatStep(logged.now.step)}`;
  const same =
    setting.value === null || !logged.certain
      ? ''
      : differs(setting.value, logged.peak)
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

/** Text of a log is shown as it is, never as Markdown. */
function codeSpan(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!<>|~-]/g, '\\$&').replaceAll(/\s+/g, ' ');
}
