import type { Column, ColumnContext } from './columns';
import { type Entry, finalOf } from './entry';

/** A column of a file: its head and the bare value of a run. */
interface FileColumn {
  readonly head: string;
  readonly value: (entry: Entry) => string | number | boolean | null;
}

/** The table as CSV with full numbers: one line per run, the interval and the standing in columns of their own. */
export function tableCsv(entries: readonly Entry[], columns: readonly Column[], context: ColumnContext): string {
  const files = columns.flatMap((column) => fileColumns(column, context));
  const lines = entries.map((entry) => files.map(({ value }) => csvCell(value(entry))).join(','));
  return `${[files.map(({ head }) => csvCell(head)).join(','), ...lines].join('\n')}\n`;
}

/** The table as Markdown, with the texts that the panel shows. */
export function tableMarkdown(entries: readonly Entry[], columns: readonly Column[], context: ColumnContext): string {
  const shown = columns.filter(({ kind }) => kind !== 'spark');
  const row = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [
    row(shown.map(({ label }) => label)),
    `| ${shown.map(() => '---').join(' | ')} |`,
    ...entries.map((entry) => row(shown.map((column) => column.text(entry, context)))),
    '',
  ].join('\n');
}

function fileColumns(column: Column, context: ColumnContext): FileColumn[] {
  if (column.kind === 'spark') return [];
  if (column.kind !== 'forecast') return [{ head: column.label, value: (entry) => column.value(entry, context) }];
  const interval = (side: 0 | 1) => (entry: Entry) => entry.row.end.finalLoss?.interval80[side] ?? null;
  return [
    { head: column.label, value: finalOf },
    { head: '80 % low', value: interval(0) },
    { head: '80 % high', value: interval(1) },
    { head: 'Measured', value: ({ row }) => row.end.isMeasured },
    { head: 'Remark', value: ({ row }) => row.end.reason },
  ];
}

/** A spreadsheet must not take text of a log for a formula. */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function markdownCell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|]/g, '\\$&').replace(/\s+/g, ' ');
}
