import type { ReportView } from '../../src/protocol/panel';
import { SvgContext, xml } from '../shared/svgContext';
import { texts } from '../shared/texts';
import type { Theme } from '../shared/theme';
import { backTestModel } from './backTestModel';
import { paintBackTest } from './backTestPlot';
import { reportModel } from './reportModel';

const STYLE = `
body { max-width: 960px; margin: 24px auto; padding: 0 16px; font: 14px/1.5 sans-serif; color: #222; background: #fff; }
table { border-collapse: collapse; margin: 8px 0 16px; }
th, td { padding: 3px 14px 3px 0; text-align: left; border-top: 1px solid #ddd; vertical-align: baseline; }
thead th { border-top: 0; color: #666; font-weight: normal; }
svg { max-width: 100%; height: auto; }
h2 { margin: 24px 0 4px; font-size: 1.15em; }
@media print { body { margin: 0; font-size: 11px; } h2 { break-after: avoid; } table, svg { break-inside: avoid; } }
`;

const PLOT = { width: 640, height: 200 };

/** The report as a page that needs nothing else: to be read, sent or printed. `chart` is the drawn plot as SVG. */
export function reportPage(
  view: ReportView,
  { chart, headline, theme }: { chart: string; headline: string; theme: Theme },
): string {
  const { name, forecast, report } = view;
  const fit = reportModel({ run: '', series: null, status: 'ready', forecast, message: '' })!;
  const backTest = backTestModel(view);
  const { parameter, value, interval, unit, from } = texts.report;
  const parts = [
    `<h1>${xml(name)}</h1>`,
    `<p>${xml(headline)}</p>`,
    chart,
    heading(texts.report.title),
    table(
      [],
      [
        [texts.report.law, `${report.law.title}: ${report.law.formula}`],
        ...fit.facts.map(({ name: fact, value: said }) => [fact, said]),
      ],
    ),
    heading(texts.report.parameters),
    table(
      [parameter, value, interval, unit, from, ''],
      fit.params.map((row) => [row.name, row.value, row.interval, row.unit, row.from, row.meaning]),
    ),
    heading(texts.backTest.title),
    backTestSvg(backTest, theme),
    table(backTest.heads, backTest.rows),
    ...list(texts.report.notes, report.notes),
    ...list(texts.report.limits, report.limits),
    `<p>${xml(report.law.source)}</p>`,
  ];
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${xml(name)}</title><style>${STYLE}</style></head>\n<body>\n${parts.join('\n')}\n</body></html>\n`;
}

function backTestSvg(model: ReturnType<typeof backTestModel>, theme: Theme): string {
  const svg = new SvgContext((text) => 6 * text.length, 'back');
  svg.fillStyle = theme.background;
  svg.fillRect(0, 0, PLOT.width, PLOT.height);
  paintBackTest(svg, model, { ...PLOT, theme });
  const size = `width="${PLOT.width}" height="${PLOT.height}" viewBox="0 0 ${PLOT.width} ${PLOT.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${svg}\n</svg>`;
}

function heading(text: string): string {
  return `<h2>${xml(text)}</h2>`;
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [heading(title), `<ul>${items.map((item) => `<li>${xml(item)}</li>`).join('')}</ul>`];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${xml(cell)}</${tag}>`).join('')}</tr>`;
  const head = heads.length === 0 ? '' : `<thead>${cells('th', heads)}</thead>`;
  return `<table>${head}<tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}
