import type { Range } from 'vscode-languageserver';
import type { TextSpan } from '../../core/hints/code/setting';
import type { SourceDocument } from '../hints/sourceDocument';

/** The span of a text as the editor counts it. */
export function rangeOf({ text }: SourceDocument, { from, to }: TextSpan): Range {
  return { start: text.positionAt(from), end: text.positionAt(to) };
}
