import { type CodeAction, CodeActionKind, type Diagnostic, type Range } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import { findings } from '../../core/hints/evaluate';
import type { HyperSetting } from '../../core/hints/finder';
import { runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';
import { rangeOf } from './ranges';

/** A number that is written out, not worked out from others: only that is replaced. */
const LITERAL = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Offers to set the value that a law gives, for the hyperparameters in `range` whose value lies off it. */
export function codeActionsOf(
  document: SourceDocument,
  range: Range,
  diagnostics: readonly Diagnostic[],
  engine: Engine,
): CodeAction[] {
  const { hints, text } = document;
  if (hints === undefined) return [];
  const facts = runOfDocument(document, engine)?.facts;
  const touched = hints.hyperparameters.filter(({ setting }) => {
    const { start, end } = rangeOf(document, setting.span);
    return start.line <= range.end.line && end.line >= range.start.line;
  });
  return touched.flatMap((at) => {
    if (!LITERAL.test(text.getText(rangeOf(document, at.setting.valueSpan)))) return [];
    return findings(hints.hint(at, facts)).flatMap(({ rule, finding }) => {
      const value = finding.suggestion?.value;
      if (value === undefined || (finding.verdict !== 'near' && finding.verdict !== 'outside')) return [];
      const written = literal(value, at);
      return [
        {
          title: `Set ${at.setting.name} to ${written} (${rule.title})`,
          kind: finding.verdict === 'outside' ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
          diagnostics: diagnostics.filter(({ code }) => code === rule.id),
          edit: { changes: { [document.uri]: [{ range: rangeOf(document, at.setting.valueSpan), newText: written }] } },
        },
      ];
    });
  });
}

/** A number as code: three digits, whole where the old value was whole. */
function literal(value: number, { value: old }: HyperSetting): string {
  if (typeof old === 'number' && Number.isInteger(old) && value >= 1) return String(Math.round(value));
  const size = Math.abs(value);
  if (size === 0) return '0.0';
  const rounded = Number(value.toPrecision(3));
  return size >= 1e-3 && size < 1e6 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}
