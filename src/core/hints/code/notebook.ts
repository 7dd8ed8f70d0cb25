import { getNodeValue, parseTree } from 'jsonc-parser';

/**
 * The code cells of a Jupyter notebook (nbformat 4), one after another as one Python text. Lines for the shell and
 * magics (`!pip`, `%time`) are left empty. Empty for what is no notebook.
 */
export function notebookCode(text: string): string {
  const root = parseTree(text);
  const notebook: unknown = root === undefined ? undefined : getNodeValue(root);
  const cells = (notebook as { cells?: unknown } | undefined)?.cells;
  if (!Array.isArray(cells)) return '';
  return cells.map((cell) => `${codeOf(cell)}\n`).join('');
}

function codeOf(cell: unknown): string {
  const { cell_type: kind, source } = (cell ?? {}) as { cell_type?: unknown; source?: unknown };
  if (kind !== 'code') return '';
  const text = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : source;
  return typeof text === 'string' ? text.replace(/^[ \t]*[!%].*$/gm, '') : '';
}
