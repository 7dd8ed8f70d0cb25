import type { ExplainedWarning } from '../warnings/explain';
import { type Cell, type ReportSection, type ReportSubject, reportDocument } from './document';
import { reportFigures } from './figures';
import { escapeMarkup } from './svg';

/** Style of the page. A change needs the hash of the policy below: a test says it. */
export const STYLE = `
:root { color-scheme: light; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff; font: 15px/1.5 system-ui, sans-serif; }
h1 { margin-bottom: 0.2em; font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { margin-top: 1.8em; font-size: 1.15rem; }
.data, figcaption, footer { color: #59636e; }
.answer strong { font-size: 1.5rem; }
.doubt { padding: 0.5em 0.9em; border-left: 4px solid #9a6700; background: #fff8c5; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3em 0.7em 0.3em 0; border-bottom: 1px solid #d1d9e0; text-align: left; vertical-align: top; }
code { overflow-wrap: anywhere; }
figure { margin: 1.4em 0; }
figcaption, footer { font-size: 0.87rem; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: #59636e; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: #d1d9e0; } circle { fill: #0550ae; fill-opacity: 0.55; }
.band95 { fill: #8250df; fill-opacity: 0.12; } .band80 { fill: #8250df; fill-opacity: 0.22; }
.law { fill: none; stroke: #6639ba; stroke-width: 2; } .now { stroke: #59636e; stroke-dasharray: 4 3; }
.bar { stroke: #6639ba; stroke-width: 2; } .told { fill: #6639ba; fill-opacity: 1; }
@media print {
  @page { margin: 16mm; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; }
  figure, table, .answer { break-inside: avoid; }
  h2 { break-after: avoid; }
  .band95, .band80, .doubt { print-color-adjust: exact; }
}
`;

/** Hash of the style: with it nothing else on the page may style, load or run. */
export const STYLE_HASH = 'sha256-gT3oUdyZ8bFp3/QdQSth3QDr3JS4Ob+MuE+68w9k7dI=';

/**
 * The report as one page of HTML that needs nothing else: no script, no link to load, drawings as inline SVG, made to be
 * printed; with a digest of the warnings where they are given. Text of the log is escaped.
 */
export function reportHtml(subject: ReportSubject, warnings?: readonly ExplainedWarning[]): string {
  const { title, data, answer, doubt, sections } = reportDocument(subject, warnings);
  const figures = reportFigures(subject).map(
    ({ svg, caption }) => `<figure>\n${svg}\n<figcaption>${escapeMarkup(caption)}</figcaption>\n</figure>`,
  );
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${STYLE_HASH}'">`,
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeMarkup(title)}</h1>`,
    `<p class="data">${escapeMarkup(data)}</p>`,
    `<p class="answer"><strong>${escapeMarkup(answer.strong)}</strong> ${escapeMarkup(answer.rest)}</p>`,
    ...(doubt === '' ? [] : [`<p class="doubt">${escapeMarkup(doubt)}</p>`]),
    ...figures,
    ...sections.map(sectionHtml),
    '</main>',
    '<footer><p>Made by Lossline from the log of the run.</p></footer>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionHtml({ title, columns, rows = [], items = [] }: ReportSection): string {
  const head = columns === undefined ? '' : `<thead><tr>${cells(columns, 'th scope="col"')}</tr></thead>`;
  const body = rows.map((row) => rowHtml(row, columns === undefined)).join('\n');
  const table = rows.length === 0 ? '' : `<table>${head}<tbody>\n${body}\n</tbody></table>`;
  const list = items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('\n')}</ul>`;
  return `<section>\n<h2>${escapeMarkup(title)}</h2>\n${table}${list}\n</section>`;
}

/** The first cell names the row where the columns have no names. */
function rowHtml(row: readonly Cell[], isNamed: boolean): string {
  if (!isNamed) return `<tr>${cells(row, 'td')}</tr>`;
  return `<tr>${cells(row.slice(0, 1), 'th scope="row"')}${cells(row.slice(1), 'td')}</tr>`;
}

function cells(texts: readonly Cell[], tag: string): string {
  const end = tag.split(' ')[0];
  const inner = (cell: Cell): string =>
    typeof cell === 'string' ? escapeMarkup(cell) : `<code>${escapeMarkup(cell.code)}</code>`;
  return texts.map((cell) => `<${tag}>${inner(cell)}</${end}>`).join('');
}
