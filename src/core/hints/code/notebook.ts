import { getNodeValue, parseTree } from 'jsonc-parser';

/**
 * The code cells of a Jupyter notebook (nbformat 4), one after another as one Python text. Empty for what is no notebook.
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
  return typeof text === 'string' ? pythonOfCell(text) : '';
}

/** The Python of a cell: lines for the shell and magics (`!pip`, `%time`) are blanked, every place stays. */
export function pythonOfCell(text: string): string {
  return FOREIGN.test(text) ? blank(text) : text.replace(/^[ \t]*[!%].*$/gm, blank);
}

/** Magics that make a whole cell something else than Python. */
const FOREIGN = /^\s*%%(?:bash|sh|script|html|javascript|js|latex|markdown|svg|perl|ruby|sql|writefile|file|cmd|R)\b/;

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
