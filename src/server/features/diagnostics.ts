import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine } from '../../core/engine/engine';
import { toPath } from '../uris';
import { runOfCode } from './codeRun';
import { learningRatesOn } from './learningRateLine';
import { differs, loggedRate } from './loggedRate';

/** Lines of a document that are looked at. */
const MAX_LINES = 20_000;

/**
 * Problems of a Python file: the only learning rate it sets is not the one its live run logs. Files with several
 * learning rates stay silent: which of them counts cannot be known.
 */
export function diagnosticsOf(document: TextDocument, engine: Engine): Diagnostic[] {
  const file = toPath(document.uri);
  if (file === undefined || document.languageId !== 'python') return [];
  const run = runOfCode(file, engine);
  const logged = run === undefined ? undefined : loggedRate(run);
  if (run === undefined || logged === undefined || !logged.certain) return [];
  const settings = document
    .getText()
    .split('\n', MAX_LINES)
    .flatMap((text, line) => learningRatesOn(text).map((setting) => ({ ...setting, line })))
    .filter(({ value }) => value !== null && value > 0);
  const only = settings[0];
  if (settings.length !== 1 || only === undefined || !differs(only.value!, logged.peak)) return [];
  return [
    {
      severity: DiagnosticSeverity.Information,
      range: { start: { line: only.line, character: only.start }, end: { line: only.line, character: only.end } },
      source: 'Lossline',
      code: 'learning-rate-differs',
      message: `The run ${run.name} logs a peak learning rate of ${logged.peak}, this line sets ${only.value}.`,
    },
  ];
}
