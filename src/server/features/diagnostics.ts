import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import { findingsOf } from '../../core/engine/runFindings';
import { findings } from '../../core/hints/evaluate';
import type { HyperSetting } from '../../core/hints/finder';
import type { HyperId } from '../../core/hints/hyperparameters';
import { detectorById } from '../../core/warnings/registry';
import { type CodeRun, runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';
import { differs, loggedRate } from './loggedRate';
import { rangeOf } from './ranges';

/** The name that problems stand under. */
export const SOURCE = 'Lossline';

/**
 * Problems of a file: values that are clearly wrong by what the file itself or its run shows, and a learning rate that is
 * not the one the run logs. Opinions of laws are hints, never problems.
 */
export function diagnosticsOf(document: SourceDocument, engine: Engine): Diagnostic[] {
  const { hints } = document;
  const found = hints?.hyperparameters ?? [];
  if (hints === undefined || found.length === 0) return [];
  const code = runOfDocument(document, engine);
  const problems = found.flatMap((at) =>
    findings(hints.hint(at, code?.facts))
      .filter(({ rule, finding }) => rule.problemOn === at.id && finding.verdict === 'outside')
      .map(({ rule, finding }) => problem(document, at, rule.id, `${rule.title}: ${finding.summary}.`)),
  );
  // A problem stands on one line of a program: of a notebook in one of its cells.
  const own = new Set(found);
  return [
    ...problems,
    ...rateProblem(document, hints.program, code, own),
    ...warningProblems(document, hints.program, code, own, engine),
  ];
}

/** Files with several learning rates stay silent: which of them counts cannot be known. */
function rateProblem(
  document: SourceDocument,
  found: readonly HyperSetting[],
  code: CodeRun | undefined,
  own: ReadonlySet<HyperSetting>,
): Diagnostic[] {
  const logged = code === undefined ? undefined : loggedRate(code.run);
  const rates = found.filter(({ id, value }) => id === 'learningRate' && typeof value === 'number' && value > 0);
  const values = new Set(rates.map(({ value }) => value));
  const at = rates[0];
  if (code === undefined || logged?.certain !== true || at === undefined || values.size !== 1 || !own.has(at))
    return [];
  const value = at.value as number;
  if (!differs(value, logged.peak)) return [];
  const message = `The run ${code.run.name} logs a peak learning rate of ${logged.peak}, this line sets ${value}.`;
  return [problem(document, at, 'learning-rate-differs', message)];
}

/** Warnings of the run, each on the first line that sets a hyperparameter it may come from. */
function warningProblems(
  document: SourceDocument,
  found: readonly HyperSetting[],
  code: CodeRun | undefined,
  own: ReadonlySet<HyperSetting>,
  engine: Engine,
): Diagnostic[] {
  if (code === undefined) return [];
  const { run } = code;
  const lasting = findingsOf(run, engine.host.clock.now()).filter(
    (warning) => warning.severity !== 'info' && warning.until === null && !run.isMuted(warning),
  );
  return lasting.flatMap((warning) => {
    const { title, concerns } = detectorById(warning.id)!;
    const ids = concerns.flatMap((id) => [id, ...(ALSO[id] ?? [])]);
    const at = ids.map((id) => found.find((each) => each.id === id)).find((each) => each !== undefined);
    if (at === undefined || !own.has(at)) return [];
    const message = `${title} (run ${run.name}, step ${warning.step}): ${warning.evidence.text}`;
    const severity = warning.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
    return [{ ...problem(document, at, warning.id, message), severity }];
  });
}

/** Other ways to set the same thing. */
const ALSO: Partial<Record<HyperId, readonly HyperId[]>> = {
  warmupSteps: ['warmupRatio'],
  batchSize: ['globalBatch', 'batchTokens', 'microBatch'],
  totalSteps: ['horizonSteps', 'epochs'],
  schedule: ['horizonSteps', 'decaySteps'],
  beta2: ['betas'],
};

function problem(document: SourceDocument, at: HyperSetting, code: string, message: string): Diagnostic {
  const range = rangeOf(document, at.setting.span);
  return { severity: DiagnosticSeverity.Information, range, source: SOURCE, code, message };
}
