import type { ExplainedWarning } from '../warnings/explain';
import { type Cell, type ReportSection, type ReportSubject, reportDocument } from './document';
import { codeSpan, escapeMarkdown } from './markdownText';

/** The report as Markdown, with a digest of the warnings where they are given. Text of the log is escaped. */
export function reportMarkdown(subject: ReportSubject, warnings?: readonly ExplainedWarning[]): string {
  const { title, data, answer, doubt, sections } = reportDocument(subject, warnings);
  const lines = [
    `# ${escapeMarkdown(title)}`,
    '',
    escapeMarkdown(data),
    '',
    `**${escapeMarkdown(answer.strong)}** ${escapeMarkdown(answer.rest)}`,
    ...(doubt === '' ? [] : ['', escapeMarkdown(doubt)]),
    ...sections.flatMap(sectionLines),
    '',
  ];
  return lines.join('\n');
}

function sectionLines({ title, columns, rows = [], items = [] }: ReportSection): string[] {
  const head = columns ?? rows[0]?.map(() => '');
  const table = head === undefined ? [] : [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)];
  return ['', `## ${title}`, '', ...table, ...items.map((item) => `- ${escapeMarkdown(item)}`)];
}

function row(cells: readonly Cell[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? escapeMarkdown(cell) : codeCell(cell.code)));
  return `| ${texts.join(' | ')} |`;
}

/** In a table even code may not hold a bare bar. */
function codeCell(code: string): string {
  return codeSpan(code).replaceAll('|', '\\|');
}
