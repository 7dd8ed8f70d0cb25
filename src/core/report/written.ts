import type { Prediction } from '../engine/prediction';
import type { ExplainedWarning } from '../warnings/explain';
import { reportHtml } from './html';
import { reportMarkdown } from './markdown';
import { JSON_SCHEMA, predictionJson } from './predictionJson';

/** How a report is written. */
export type ReportFormat = 'markdown' | 'html' | 'json';

const WRITERS: Readonly<
  Record<ReportFormat, (prediction: Prediction, warnings?: readonly ExplainedWarning[]) => string>
> = {
  markdown: reportMarkdown,
  html: reportHtml,
  json: (prediction) => `${JSON.stringify({ schema: JSON_SCHEMA, ...predictionJson(prediction) }, null, 2)}\n`,
};

/** The report of a prediction as text; `warnings` are those of its run, for people: JSON has none of them. */
export function writtenReport(
  prediction: Prediction,
  format: ReportFormat,
  warnings?: readonly ExplainedWarning[],
): string {
  return WRITERS[format](prediction, warnings);
}

/** The format that the name of a file asks for: Markdown unless it ends in `.html`, `.htm` or `.json`. */
export function reportFormatOf(file: string): ReportFormat {
  if (/\.html?$/i.test(file)) return 'html';
  return /\.json$/i.test(file) ? 'json' : 'markdown';
}
