import type { ExplainedWarning } from '../warnings/explain';
import { type Cell, type ReportSection, type ReportSubject, reportDocument } from './document';

/** The report as Markdown, with a digest of the warnings where they are given. Text of the log is escaped. */
export function reportMarkdown(subject: ReportSubject, warnings?: readonly ExplainedWarning[]): string {
  const { title, data, answer, doubt, sections } = reportDocument(subject, warnings);
  const lines = [
    `# ${escaped(title)}`,
    '',
    escaped(data),
    '',
    `**${escaped(answer.strong)}** ${escaped(answer.rest)}`,
    ...(doubt === '' ? [] : ['', escaped(doubt)]),
    ...sections.flatMap(sectionLines),
    '',
  ];
  return lines.join('\n');
}

function sectionLines({ title, columns, rows = [], items = [] }: ReportSection): string[] {
  const head = columns ?? rows[0]?.map(() => '');
  const table = head === undefined ? [] : [row(head), row(head.map(() => '---')), ...rows.map(row)];
  return ['', `## ${title}`, '', ...table, ...items.map((item) => `- ${escaped(item)}`)];
}

function row(cells: readonly Cell[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? escaped(cell) : `\`${cell.code}\``));
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Names of runs and series come from files: nothing in them may become markup. */
function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>#]/g, '\\$&');
}
