import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { Engine } from '../../core/engine/engine';
import { findings } from '../../core/hints/evaluate';
import { hintMarkdown } from '../hints/markdown';
import { runOfDocument } from '../hints/runOfDocument';
import type { SourceDocument } from '../hints/sourceDocument';

/** Which lines carry text: none, those whose value lies off what a law says, or all that a rule speaks of. */
export type InlayMode = 'off' | 'matters' | 'all';

/** Longer text is cut: the rest is in the tooltip. */
const MAX_LABEL = 60;

/** Text at the ends of the lines of `range` that set a hyperparameter: the most telling rule, one per line. */
export function inlayHintsOf(document: SourceDocument, range: Range, engine: Engine, mode: InlayMode): InlayHint[] {
  const { hints, text } = document;
  if (hints === undefined || mode === 'off') return [];
  const facts = runOfDocument(document, engine)?.facts;
  const lines = new Map<number, InlayHint>();
  for (const at of hints.hyperparameters) {
    const { line } = hints.position(at.setting.span.from);
    if (line < range.start.line || line > range.end.line || lines.has(line)) continue;
    const hint = hints.hint(at, facts);
    const first = findings(hint)[0];
    const matters = first !== undefined && (first.finding.verdict === 'outside' || first.finding.verdict === 'near');
    if (first === undefined || (mode === 'matters' && !matters)) continue;
    lines.set(line, {
      position: endOfLine(text.getText(lineRange(line)), line),
      label: shorten(first.finding.summary),
      kind: InlayHintKind.Parameter,
      paddingLeft: true,
      tooltip: { kind: 'markdown', value: hintMarkdown(hint) },
    });
  }
  return [...lines.values()];
}

function lineRange(line: number): Range {
  return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}

function endOfLine(text: string, line: number): InlayHint['position'] {
  return { line, character: text.replace(/\s+$/, '').length };
}

function shorten(text: string): string {
  return text.length <= MAX_LABEL ? text : `${text.slice(0, MAX_LABEL - 1).trimEnd()}…`;
}
